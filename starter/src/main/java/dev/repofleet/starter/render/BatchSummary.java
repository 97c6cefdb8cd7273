package dev.repofleet.starter.render;

import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.render.TextTable.Cell;
import dev.repofleet.starter.render.TextTable.Column;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A batch in plain text: a table of its repositories and the totals. */
public final class BatchSummary {
  private static final String REHEARSAL =
      "Rehearsal: no model was used; the findings are those of a few fixed rules.";

  private BatchSummary() {}

  /** The lines, with the repositories' ends. */
  public static List<String> lines(BatchResult result, TextStyle style) {
    return lines(result, Map.of(), style);
  }

  /**
   * Where a repository in work is.
   *
   * @param words in place of its status
   * @param costUsd so far
   * @param findings so far
   */
  public record Place(String words, double costUsd, SeverityCounts findings) {}

  /**
   * As {@link #lines(BatchResult, TextStyle)}, with what is known of some that are in work.
   *
   * @param places by the repository's index
   */
  public static List<String> lines(
      BatchResult result, Map<Integer, Place> places, TextStyle style) {
    boolean causes = result.repositories().stream().anyMatch(row -> row.cause() != null);
    List<Column> columns = new ArrayList<>(List.of(Column.name("TARGET"), Column.word("STATUS")));
    if (causes) {
      columns.add(Column.text("CAUSE"));
    }
    columns.add(Column.text("FINDINGS"));
    columns.add(Column.number("COST"));
    TextTable table = new TextTable(columns.toArray(Column[]::new));
    for (BatchRow row : result.repositories()) {
      table.row(cells(row, places.get(row.index()), causes).toArray(Cell[]::new));
    }
    List<String> lines = new ArrayList<>(table.lines(style));
    lines.add("");
    for (BatchRow row : result.repositories()) {
      if (row.message() != null && row.status() != RepositoryStatus.SKIPPED_UNCHANGED) {
        lines.addAll(TextLines.of(sentence(row.target(), row.message()), style.width()));
      }
    }
    unchanged(result).forEach(line -> lines.addAll(TextLines.of(line, style.width())));
    lines.addAll(TextLines.of(totals(result, places.values()), style.width()));
    if (result.rehearsal()) {
      lines.addAll(TextLines.of(REHEARSAL, style.width()));
    }
    return lines;
  }

  /** A line for each batch they stand on: of most batches all are unchanged since one. */
  private static List<String> unchanged(BatchResult result) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (BatchRow row : result.repositories()) {
      if (row.message() != null && row.status() == RepositoryStatus.SKIPPED_UNCHANGED) {
        counts.merge(PlainText.of(row.message(), 300), 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .map(
            each ->
                Wording.count(each.getValue(), "repository", "repositories") + " " + each.getKey())
        .toList();
  }

  private static List<Cell> cells(BatchRow row, @Nullable Place place, boolean causes) {
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.of(row.target()));
    cells.add(new Cell(place == null ? row.status().word() : place.words(), Tone.of(row.status())));
    if (causes) {
      String cause = row.cause();
      cells.add(Cell.of(cause == null ? "-" : cause));
    }
    SeverityCounts findings = place == null ? row.findings() : place.findings();
    cells.add(new Cell(findings(row.status(), findings), Tone.of(findings)));
    cells.add(
        Cell.of(place == null ? Wording.cost(row.usage()) : Wording.dollars(place.costUsd())));
    return cells;
  }

  /** No findings without a completed review are not "none". */
  private static String findings(RepositoryStatus status, SeverityCounts findings) {
    return findings.total() == 0 && !status.isGood() ? "-" : Wording.findings(findings);
  }

  /** Batch, status and sums on one line. */
  private static String totals(BatchResult result, Collection<Place> inWork) {
    SeverityCounts findings = result.findings();
    double more = 0;
    for (Place place : inWork) {
      findings = findings.plus(place.findings());
      more += place.costUsd();
    }
    List<String> parts = new ArrayList<>();
    for (RepositoryStatus status : RepositoryStatus.values()) {
      if (result.total(status) > 0) {
        parts.add(result.total(status) + " " + status.word());
      }
    }
    Instant ended = result.endedAt();
    return "Batch %s %s: %s; findings%s: %s; %s%s"
        .formatted(
            result.batch(),
            result.status().word(),
            parts.isEmpty() ? "no repositories" : String.join(", ", parts),
            ended == null ? " so far" : "",
            Wording.findings(findings),
            more == 0
                ? Wording.cost(result.usage())
                : Wording.dollars(result.usage().costUsd() + more),
            ended == null
                ? ""
                : "; " + Wording.duration(Duration.between(result.startedAt(), ended)));
  }

  /** Most messages name the target themselves. */
  private static String sentence(String target, String message) {
    String text = PlainText.of(message, 300);
    return message.startsWith(target) ? text : PlainText.of(target, 60) + ": " + text;
  }
}
