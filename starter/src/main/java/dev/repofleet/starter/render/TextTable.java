package dev.repofleet.starter.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A table in plain text, columns as wide as their longest cell. Where a line would be too wide, the
 * widest columns that may be cut are. Not thread-safe.
 */
public final class TextTable {
  /** No column is cut below this, and none that is not wider. */
  private static final int LEAST = 8;

  /** More of a cell is never shown: one name must not fill a screen. */
  private static final int MOST = 200;

  private static final String GAP = "  ";

  private final List<Column> columns;
  private final List<List<Cell>> rows = new ArrayList<>();

  /** With its columns, at least one. */
  public TextTable(Column... columns) {
    this.columns = List.of(columns);
  }

  /** Where a column's cells stand, and how they are cut. */
  private enum Kind {
    WORD,
    TEXT,
    NAME,
    NUMBER
  }

  /** A column of a table. */
  public static final class Column {
    private final String heading;
    private final Kind kind;

    private Column(String heading, Kind kind) {
      this.heading = Objects.requireNonNull(heading, "heading");
      this.kind = kind;
    }

    /** Of short words, never cut. */
    public static Column word(String heading) {
      return new Column(heading, Kind.WORD);
    }

    /** Of texts that are cut at their end. */
    public static Column text(String heading) {
      return new Column(heading, Kind.TEXT);
    }

    /** Of names and paths, whose end tells most: cut at their beginning. */
    public static Column name(String heading) {
      return new Column(heading, Kind.NAME);
    }

    /** Of numbers: to the right, never cut. */
    public static Column number(String heading) {
      return new Column(heading, Kind.NUMBER);
    }

    private boolean mayBeCut() {
      return kind == Kind.TEXT || kind == Kind.NAME;
    }

    private String fit(String text, int width) {
      String fitted =
          kind == Kind.NAME ? TextColumns.tail(text, width) : TextColumns.head(text, width);
      return kind == Kind.NUMBER
          ? TextColumns.right(fitted, width)
          : TextColumns.left(fitted, width);
    }
  }

  /**
   * A cell.
   *
   * @param text of anybody: what is not fit for a terminal is left out
   * @param tone for its colour
   */
  public record Cell(String text, Tone tone) {
    /** Leaves out what acts on a terminal. */
    public Cell {
      text = PlainText.of(text, MOST);
    }

    /** A cell without a colour. */
    public static Cell of(String text) {
      return new Cell(text, Tone.PLAIN);
    }
  }

  /** Adds a row with a cell for each column. */
  public void row(Cell... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException("a row has " + cells.length + " cells");
    }
    rows.add(List.of(cells));
  }

  /** Adds a row without colours. */
  public void row(String... cells) {
    Cell[] row = new Cell[cells.length];
    for (int i = 0; i < cells.length; i++) {
      row[i] = Cell.of(cells[i]);
    }
    row(row);
  }

  /** The lines, headings first, none with trailing spaces. */
  public List<String> lines(TextStyle style) {
    int[] widths = widths(style.width());
    List<String> lines = new ArrayList<>();
    List<Cell> headings =
        columns.stream()
            .map(column -> new Cell(column.heading, Tone.STRONG))
            .collect(Collectors.toUnmodifiableList());
    lines.add(line(headings, widths, style));
    for (List<Cell> row : rows) {
      lines.add(line(row, widths, style));
    }
    return lines;
  }

  private int[] widths(int most) {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = TextColumns.of(columns.get(i).heading);
      for (List<Cell> row : rows) {
        widths[i] = Math.max(widths[i], TextColumns.of(row.get(i).text()));
      }
    }
    int over = -most - GAP.length();
    for (int width : widths) {
      over += width + GAP.length();
    }
    while (over-- > 0) {
      int widest = widestThatMayBeCut(widths);
      if (widest < 0) {
        break;
      }
      widths[widest]--;
    }
    return widths;
  }

  private int widestThatMayBeCut(int[] widths) {
    int widest = -1;
    for (int i = 0; i < widths.length; i++) {
      if (columns.get(i).mayBeCut()
          && widths[i] > LEAST
          && (widest < 0 || widths[i] > widths[widest])) {
        widest = i;
      }
    }
    return widest;
  }

  private String line(List<Cell> row, int[] widths, TextStyle style) {
    StringBuilder line = new StringBuilder();
    int last = widths.length - 1;
    for (int i = 0; i <= last; i++) {
      Cell cell = row.get(i);
      String padded = columns.get(i).fit(cell.text(), widths[i]);
      String text = padded.strip();
      int from = padded.indexOf(text);
      line.append(padded, 0, from).append(style.dress(cell.tone(), text));
      if (i < last) {
        line.append(padded, from + text.length(), padded.length()).append(GAP);
      }
    }
    return line.toString().stripTrailing();
  }
}
