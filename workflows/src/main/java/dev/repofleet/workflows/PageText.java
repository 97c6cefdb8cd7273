package dev.repofleet.workflows;

import java.util.List;
import java.util.Locale;

/**
 * Pieces of Markdown for the details that Temporal's UI shows of a workflow. Names of strangers go
 * through {@link #code}: the UI would take a link or a picture in them as one.
 */
public final class PageText {
  private static final int MAX_NAME = 200;
  private static final String GAP = "\u00a0\u00a0";

  private PageText() {}

  /** A text of anybody as a code span, on one line, at most 200 characters of it. */
  public static String code(String text) {
    StringBuilder plain = new StringBuilder();
    text.codePoints()
        .map(character -> character == '`' || character == '|' ? '\'' : character)
        .filter(character -> character >= ' ' && Character.isDefined(character))
        .filter(character -> Character.getType(character) != Character.FORMAT)
        .forEach(plain::appendCodePoint);
    return "`" + Excerpt.of(plain.toString().strip(), MAX_NAME) + "`";
  }

  /** A table; the cells are Markdown already. */
  public static String table(List<String> headings, List<List<String>> rows) {
    StringBuilder table = new StringBuilder();
    line(table, headings);
    line(table, headings.stream().map(heading -> "---").toList());
    rows.forEach(row -> line(table, row));
    return table.toString();
  }

  /** The UI draws no space between columns (seen, version 2.54), but keeps what can't break. */
  private static void line(StringBuilder table, List<String> cells) {
    table.append("| ").append(String.join(GAP + " | ", cells)).append(GAP + " |\n");
  }

  /** {@code $0.12}. */
  public static String dollars(double amount) {
    return String.format(Locale.ROOT, "$%.2f", amount);
  }

  /** {@code 2 critical, 1 low}, or {@code none}. */
  public static String findings(SeverityCounts counts) {
    StringBuilder text = new StringBuilder();
    count(text, counts.critical(), "critical");
    count(text, counts.high(), "high");
    count(text, counts.medium(), "medium");
    count(text, counts.low(), "low");
    count(text, counts.info(), "info");
    return text.isEmpty() ? "none" : text.toString();
  }

  private static void count(StringBuilder text, int count, String severity) {
    if (count > 0) {
      text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(severity);
    }
  }
}
