package dev.repofleet.starter.live;

import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.TextColumns;
import dev.repofleet.starter.render.TextStyle;
import dev.repofleet.starter.render.TextTable;
import dev.repofleet.starter.render.TextTable.Cell;
import dev.repofleet.starter.render.TextTable.Column;
import dev.repofleet.starter.render.Tone;
import dev.repofleet.starter.render.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch in work as a block of lines: those in work, the latest that ended, a bar, totals. Made
 * anew for each drawing; the words say all that the colours say.
 */
final class LiveTable {
  /**
   * A terminal of 110 columns, whose last one stays free: room for steps and findings by severity.
   */
  private static final int WIDE = 109;

  private static final int BAR = 30;

  /** Bar, totals and the line of what is not shown; the cursor's own line. */
  private static final int OTHER_LINES = 6;

  private final LiveBatch batch;
  private final TextStyle style;
  private final int rows;
  private final Instant now;
  private final Instant begun;

  /**
   * A drawing.
   *
   * @param style with one column less than the terminal has
   * @param rows of the terminal
   * @param begun when the batch began
   */
  LiveTable(LiveBatch batch, TextStyle style, int rows, Instant now, Instant begun) {
    this.batch = batch;
    this.style = style;
    this.rows = rows;
    this.now = now;
    this.begun = begun;
  }

  List<String> lines() {
    List<LiveRow> shown = new ArrayList<>(batch.working());
    String held = batch.held();
    int room = Math.max(1, rows - OTHER_LINES - (held == null ? 0 : 1));
    int hidden = Math.max(0, shown.size() - room);
    shown.subList(shown.size() - hidden, shown.size()).clear();
    batch.ended().stream().limit(Math.max(0, room - shown.size())).forEach(shown::add);
    List<String> lines = new ArrayList<>();
    if (!shown.isEmpty()) {
      lines.addAll(table(shown));
    }
    if (hidden > 0) {
      lines.add(style.dress(Tone.FAINT, "… and " + hidden + " more in work"));
    }
    lines.add("");
    lines.add(bar());
    lines.add(TextColumns.head(totals(), style.width()));
    if (held != null) {
      lines.add(style.dress(Tone.WARNING, TextColumns.head(PlainText.of(held), style.width())));
    }
    // What is taller than the terminal could not be erased; the bar tells most.
    return lines.subList(Math.max(0, lines.size() - (rows - 1)), lines.size());
  }

  private List<String> table(List<LiveRow> shown) {
    boolean wide = style.width() >= WIDE;
    List<Column> columns = new ArrayList<>();
    columns.add(Column.name("REPOSITORY"));
    columns.add(Column.text("STAGE"));
    columns.add(Column.number("TURN"));
    if (wide) {
      columns.add(Column.number("STEPS"));
    }
    columns.add(Column.number("COST"));
    columns.add(wide ? Column.text("FINDINGS") : Column.number("FINDINGS"));
    columns.add(Column.number("TIME"));
    TextTable table = new TextTable(columns.toArray(Column[]::new));
    for (LiveRow row : shown) {
      table.row(cells(row, wide).toArray(Cell[]::new));
    }
    return table.lines(style);
  }

  private List<Cell> cells(LiveRow row, boolean wide) {
    List<Cell> cells = new ArrayList<>();
    RepositoryStatus status = row.status();
    cells.add(new Cell(row.target(), status == null ? Tone.PLAIN : Tone.FAINT));
    cells.add(new Cell(stage(row), status == null ? Tone.PLAIN : Tone.of(status)));
    cells.add(number(row.turn()));
    if (wide) {
      cells.add(number(row.steps()));
    }
    cells.add(Cell.of(Wording.dollars(row.costUsd())));
    cells.add(findings(row, wide));
    Duration time = row.time(now);
    cells.add(Cell.of(time == null ? "-" : Wording.duration(time)));
    return cells;
  }

  private static Cell number(@Nullable Integer number) {
    return Cell.of(number == null ? "-" : number.toString());
  }

  private static String stage(LiveRow row) {
    String cause = row.cause();
    return row.stage() + (cause == null ? "" : ": " + cause);
  }

  /** None found is told only of a repository that is complete. */
  private static Cell findings(LiveRow row, boolean wide) {
    SeverityCounts findings = row.findings();
    RepositoryStatus status = row.status();
    if (findings.total() == 0 && (status == null || !status.isGood())) {
      return Cell.of("-");
    }
    return new Cell(
        wide ? Wording.findings(findings) : Integer.toString(findings.total()), Tone.of(findings));
  }

  private String bar() {
    int ended = batch.endedCount();
    int total = Math.max(1, batch.total());
    int full = (int) ((long) ended * BAR / total);
    int queued = batch.total() - ended - batch.working().size();
    List<String> parts = new ArrayList<>();
    parts.add(ended + " of " + batch.total() + " ended");
    parts.add(batch.working().size() + " in work");
    if (queued > 0) {
      parts.add(queued + " queued");
    }
    String text = "█".repeat(full) + "░".repeat(BAR - full);
    String percent = "%4d %%".formatted(100L * ended / total);
    return TextColumns.head(text + percent + "  " + String.join(", ", parts), style.width());
  }

  private String totals() {
    List<String> parts = new ArrayList<>();
    parts.add(batch.batch());
    parts.add(Wording.duration(Duration.between(begun, now)));
    batch.left(now).ifPresent(left -> parts.add("about " + roughly(left) + " left"));
    parts.add(Wording.dollars(batch.costUsd()));
    parts.add(Wording.count(batch.findings().total(), "finding", "findings"));
    batch.endedByStatus().entrySet().stream()
        .filter(entry -> !entry.getKey().isGood())
        .forEach(entry -> parts.add(entry.getValue() + " " + entry.getKey().word()));
    return String.join(" · ", parts);
  }

  /** No more exact than it is. */
  private static String roughly(Duration left) {
    long seconds = left.toSeconds();
    if (seconds < 60) {
      return Math.max(5, (seconds + 4) / 5 * 5) + " s";
    }
    Duration minutes = Duration.ofMinutes((seconds + 30) / 60);
    return seconds < 3600 ? minutes.toMinutes() + " min" : Wording.duration(minutes);
  }
}
