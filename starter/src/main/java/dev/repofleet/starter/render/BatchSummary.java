package dev.repofleet.starter.render;

import dev.repofleet.artifacts.BatchResult;
import dev.repofleet.artifacts.BatchRow;
import dev.repofleet.artifacts.RepositoryStatus;
import dev.repofleet.starter.PlainText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A batch in plain text: a table of its repositories and the totals. */
public final class BatchSummary {
  private BatchSummary() {}

  /** The lines, for a terminal or a pipe. */
  public static List<String> lines(BatchResult result) {
    return lines(result, Map.of());
  }

  /**
   * As {@link #lines(BatchResult)}, with a word in place of some repositories' status.
   *
   * @param places by the repository's index: where it is now
   */
  public static List<String> lines(BatchResult result, Map<Integer, String> places) {
    TextTable table = new TextTable("TARGET", "STATUS", "CAUSE", "FINDINGS", "COST");
    for (BatchRow row : result.repositories()) {
      String cause = row.cause();
      table.row(
          row.target(),
          places.getOrDefault(row.index(), row.status().word()),
          cause == null ? "-" : cause,
          findings(row),
          Wording.cost(row.usage()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    for (BatchRow row : result.repositories()) {
      if (row.message() != null) {
        lines.add(sentence(row.target(), row.message()));
      }
    }
    lines.add(totals(result));
    if (result.rehearsal()) {
      lines.add("Rehearsal: no model was used; the findings are those of a few fixed rules.");
    }
    return lines;
  }

  /** No findings without a completed review are not "none". */
  private static String findings(BatchRow row) {
    return row.findings().total() == 0 && !row.status().isGood()
        ? "-"
        : Wording.findings(row.findings());
  }

  /** Batch, status and sums on one line. */
  public static String totals(BatchResult result) {
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
            Wording.findings(result.findings()),
            Wording.cost(result.usage()),
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
