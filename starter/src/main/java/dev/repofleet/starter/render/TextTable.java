package dev.repofleet.starter.render;

import dev.repofleet.starter.PlainText;
import java.util.ArrayList;
import java.util.List;

/** A table in plain text, columns as wide as their longest cell. Not thread-safe. */
public final class TextTable {
  /** A longer cell is shortened: one long name must not push all else off the screen. */
  private static final int MAX_CELL = 60;

  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** With the headings of its columns. */
  public TextTable(String... headings) {
    rows.add(List.of(headings));
  }

  /** Adds a row with a cell for each column; what is not fit for a terminal is left out. */
  public void row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException("a row has " + cells.length + " cells");
    }
    List<String> row = new ArrayList<>();
    for (String cell : cells) {
      row.add(PlainText.of(cell, MAX_CELL));
    }
    rows.add(row);
  }

  /** The lines, headings first, none with trailing spaces. */
  public List<String> lines() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(row.get(i)).append(" ".repeat(widths[i] - length(row.get(i)))).append(GAP);
    }
    return line.toString().stripTrailing();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
