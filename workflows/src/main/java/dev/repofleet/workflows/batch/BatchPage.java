package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.PageText;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import java.util.ArrayList;
import java.util.List;

/** What Temporal's UI shows of a batch besides its timeline, in Markdown. */
public final class BatchPage {
  private BatchPage() {}

  /** What is reviewed and how, on one line; fit for a workflow's summary. */
  public static String summary(BatchInput input) {
    return summary(input.manifest().count(), input.plan().name(), input.agent());
  }

  /** As {@link #summary(BatchInput)}, of a batch that is still to come. */
  public static String summary(int repositories, String plan, AgentKind agent) {
    return Excerpt.of(
        repositories
            + (repositories == 1 ? " repository" : " repositories")
            + ", plan "
            + plan
            + ", agent "
            + agent.code(),
        Excerpt.SUMMARY);
  }

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

  /** What must be seen first; empty when nothing must. */
  private static String above(String batch, BatchProgress now) {
    BatchControl control = now.control();
    if (now.held() != null) {
      return "**held**: "
          + PageText.code(now.held())
          + ". No review begins or goes on until that is mended and somebody says "
          + PageText.code("repofleet resume " + batch)
          + "\n\n";
    }
    if (control == null || now.status() != BatchStatus.RUNNING) {
      return "";
    }
    if (control.paused()) {
      return "**paused**: nothing begins until somebody says "
          + PageText.code("repofleet resume " + batch)
          + "\n\n";
    }
    return control.stopped() == null ? "" : "**stopping**: " + control.stopped() + "\n\n";
  }

  /**
   * How it stands.
   *
   * @param parked of those in work, how many wait for a person
   */
  static String now(String batch, BatchProgress now, int parked) {
    List<List<String>> rows = new ArrayList<>();
    BatchTally tally = now.tally();
    tally
        .byStatus()
        .forEach((ended, count) -> rows.add(List.of(ended.code(), Integer.toString(count))));
    rows.add(List.of("in work", Integer.toString(now.running().size() - parked)));
    if (parked > 0) {
      rows.add(List.of("waiting for a person", Integer.toString(parked)));
    }
    int queued = now.total() - tally.ended() - now.running().size();
    rows.add(List.of("queued", Integer.toString(queued)));
    BatchControl control = now.control();
    Double budget = control == null ? null : control.settings().budgetUsd();
    return above(batch, now)
        + "**"
        + now.status().code()
        + "** · findings: "
        + PageText.findings(tally.findings())
        + " · cost of those that ended: "
        + PageText.dollars(tally.usage().costUsd())
        + (budget == null ? "" : " of " + PageText.dollars(budget))
        + "\n\n"
        + PageText.table(List.of("repositories", ""), rows);
  }
}
