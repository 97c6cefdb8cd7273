package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import io.temporal.workflow.Workflow;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long a review took at each stage, and how long its sandboxes worked, in the workflow's own
 * time. Confined to its workflow.
 */
final class WorkClock {
  private final long startedAt = Workflow.currentTimeMillis();
  private final Map<String, Long> stages = new TreeMap<>();
  private long reviewedSince = startedAt;
  private long stageSince = startedAt;
  private long workingSince = -1;
  private long sandboxMilliseconds;

  /** Goes on from where the review had ended. */
  void takeUp(RepositoryReport before) {
    reviewedSince = before.startedAt();
    before.stepMilliseconds().forEach((stage, time) -> stages.merge(stage, time, Long::sum));
    sandboxMilliseconds = before.sandboxMilliseconds();
  }

  /** When this run began, in milliseconds since the epoch. */
  long startedAt() {
    return startedAt;
  }

  /**
   * When the review began, in milliseconds since the epoch: what it says of the repository is of
   * then, also after a follow-up days later.
   */
  long reviewedSince() {
    return reviewedSince;
  }

  /** The next stage begins. */
  void ends(Stage stage) {
    long now = Workflow.currentTimeMillis();
    stages.merge(stage.code(), now - stageSince, Long::sum);
    stageSince = now;
  }

  /** Milliseconds by stage, of those that have ended. */
  Map<String, Long> stages() {
    return stages;
  }

  /** From now on a sandbox's time is paid for. */
  void sandboxWorks() {
    if (workingSince < 0) {
      workingSince = Workflow.currentTimeMillis();
    }
  }

  /** It is paused or gone. */
  void sandboxRests() {
    if (workingSince >= 0) {
      sandboxMilliseconds += Workflow.currentTimeMillis() - workingSince;
      workingSince = -1;
    }
  }

  /** What sandboxes worked that rest now. */
  long sandboxMilliseconds() {
    return sandboxMilliseconds;
  }
}
