package dev.repofleet.starter.logs;

import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.render.Wording;
import java.util.Optional;

/** Tells what became of one review, from the artifact store alone. */
public final class EndedReview {
  private final BatchRecords records;
  private final TargetRow target;
  private final ReviewLog reviewLog;
  private final LogFollower.Listener listener;

  EndedReview(BatchRecords records, TargetRow target, LogFollower.Listener listener) {
    this.records = records;
    this.target = target;
    this.reviewLog = new ReviewLog(records, target.key());
    this.listener = listener;
  }

  /** Shows all its events and its end; false, and nothing said, when the store has no end. */
  boolean show() {
    Optional<RepositoryResult> result = records.result(target.key());
    if (result.isEmpty()) {
      return false;
    }
    if (!reviewLog.ended(listener.events())) {
      listener.talk().accept("No agent has worked on " + target.target() + ".");
    }
    if (result.get().status() == RepositoryStatus.SKIPPED_UNCHANGED) {
      listener.talk().accept(target.target() + ": " + result.get().message());
    }
    listener.talk().accept(line(target, result.get()));
    return true;
  }

  /** Its status, findings and cost. */
  public static String line(TargetRow target, RepositoryResult result) {
    return "%s  %s%s · findings: %s · %s"
        .formatted(
            target.target(),
            result.status().word(),
            result.cause() == null ? "" : " (" + result.cause() + ")",
            Wording.findings(SeverityCounts.of(result.findings())),
            Wording.cost(result.usage()));
  }
}
