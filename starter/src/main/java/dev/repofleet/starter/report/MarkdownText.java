package dev.repofleet.starter.report;

import dev.repofleet.starter.render.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * Text of strangers inside Markdown. It stands in code spans only: nothing in one is markup, HTML,
 * a link or a mention, and nothing gets out of one.
 */
final class MarkdownText {
  private MarkdownText() {}

  /** The text on one line as a code span; absent or empty text gives a dash. */
  static String code(@Nullable String text) {
    return span(PlainText.of(text));
  }

  /** As {@link #code(String)}, shortened to so many characters. */
  static String code(@Nullable String text, int max) {
    return span(PlainText.of(text, max));
  }

  /**
   * As {@link #code(String)} for a cell of a table: there a bar ends the cell even in a code span,
   * unless a backslash stands before it, which then is not shown.
   */
  static String cell(@Nullable String text) {
    return code(text, 120).replace("|", "\\|");
  }

  private static String span(String plain) {
    if (plain.isEmpty()) {
      return "-";
    }
    String fence = "`".repeat(longestRun(plain) + 1);
    String pad = plain.startsWith("`") || plain.endsWith("`") ? " " : "";
    return fence + pad + plain + pad + fence;
  }

  private static int longestRun(String text) {
    int longest = 0;
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      run = text.charAt(i) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }
}
