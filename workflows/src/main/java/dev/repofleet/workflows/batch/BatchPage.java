package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.PageText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Temporal's UI shows of a batch besides its timeline, in Markdown. */
public final class BatchPage {
  private BatchPage() {}

  /** What does not change: what is reviewed, and how it is looked at. */
  public static String about(BatchInput input) {
    String batch = input.batch();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("repositories", Integer.toString(input.manifest().count())));
    rows.add(List.of("plan", PageText.code(input.plan().name())));
    rows.add(List.of("agent", input.agent().code()));
    rows.add(List.of("at once", Integer.toString(input.window())));
    rows.add(List.of("live", PageText.code("repofleet watch " + batch)));
    rows.add(List.of("its reviews", PageText.code("RepoFleetBatch = '" + batch + "'")));
    return PageText.table(List.of("batch", PageText.code(batch)), rows);
  }

  /** What holds the batch and what to do about it; empty when nothing does. */
  static String held(String batch, @Nullable String reason) {
    return reason == null
        ? ""
        : "**held**: "
            + PageText.code(reason)
            + ". No review begins or goes on until that is mended and somebody says "
            + PageText.code("repofleet resume " + batch)
            + "\n\n";
  }

  /**
   * How it stands.
   *
   * @param working in work, without those that wait
   * @param waiting for a person
   * @param queued not started yet
   * @param above what must be seen first; empty when nothing must
   */
  static String now(
      BatchStatus status, BatchTally tally, int working, int waiting, int queued, String above) {
    List<List<String>> rows = new ArrayList<>();
    tally
        .byStatus()
        .forEach((ended, count) -> rows.add(List.of(ended.code(), Integer.toString(count))));
    rows.add(List.of("in work", Integer.toString(working)));
    if (waiting > 0) {
      rows.add(List.of("waiting for a person", Integer.toString(waiting)));
    }
    rows.add(List.of("queued", Integer.toString(queued)));
    return above
        + "**"
        + status.code()
        + "** · findings: "
        + PageText.findings(tally.findings())
        + " · cost of those that ended: "
        + PageText.dollars(tally.usage().costUsd())
        + "\n\n"
        + PageText.table(List.of("repositories", ""), rows);
  }
}
