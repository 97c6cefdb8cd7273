package dev.repofleet.starter.render;

import dev.repofleet.artifacts.VisibleText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Text of strangers (names, titles, messages of a repository or an agent) made fit for a terminal
 * and for one line of a file: no control, invisible or direction-changing characters, white space
 * folded.
 */
public final class PlainText {
  private PlainText() {}

  /** The text on one line; absent gives an empty text. */
  public static String of(@Nullable String text) {
    if (text == null) {
      return "";
    }
    StringBuilder plain = new StringBuilder(text.length());
    boolean gap = false;
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      i += Character.charCount(character);
      if (Character.isWhitespace(character) || Character.isSpaceChar(character)) {
        gap = !plain.isEmpty();
      } else if (VisibleText.isVisible(character)) {
        if (gap) {
          plain.append(' ');
        }
        gap = false;
        plain.appendCodePoint(character);
      }
    }
    return plain.toString();
  }

  /**
   * As {@link #of(String)}, shortened with an ellipsis.
   *
   * @param max most characters (code points), at least 1
   */
  public static String of(@Nullable String text, int max) {
    String plain = of(text);
    if (plain.codePointCount(0, plain.length()) <= max) {
      return plain;
    }
    return plain.substring(0, plain.offsetByCodePoints(0, max - 1)) + "…";
  }

  /**
   * A path or another name in which every character counts, on one line: what can't be seen stands
   * as an escape, such as {@code \\u202e}, so that two names that differ are seen to differ.
   */
  public static String name(String name) {
    StringBuilder seen = new StringBuilder(name.length());
    name.codePoints().forEach(character -> append(character, seen));
    return seen.toString();
  }

  private static void append(int character, StringBuilder to) {
    if (VisibleText.isVisible(character)) {
      to.appendCodePoint(character);
      return;
    }
    for (char unit : Character.toChars(character)) {
      to.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
    }
  }

  /**
   * JSON that says the same and in which nothing acts on a terminal or a page: invisible characters
   * but line ends, which stand between values only, are escaped.
   */
  public static String inJson(String json) {
    StringBuilder safe = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            character -> {
              if (character == '\n') {
                safe.append('\n');
              } else {
                append(character, safe);
              }
            });
    return safe.toString();
  }
}
