package dev.repofleet.starter.batch;

import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.activities.agent.RunSeen;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.review.RepositoryProgress;
import java.time.Instant;
import java.util.Optional;

/**
 * A batch as it can be seen from outside. Every method asks the server and blocks for seconds at
 * the most; each throws {@link TemporalAwayException} when the server does not answer, which says
 * nothing about the batch.
 */
public interface BatchView {

  /** How it ended; empty while it goes on. Needs no worker. */
  Optional<BatchEnd> end();

  /**
   * When its latest run began, by the server's clock, which is that of a batch's end in {@code
   * batch.json} too; empty when the server no longer knows the batch.
   */
  Optional<Instant> runStartedAt();

  /** How it stands; empty when no worker answers for it now. */
  Optional<BatchProgress> progress();

  /** Where one repository is; empty when no worker answers for it, or it never began. */
  Optional<RepositoryProgress> repository(String key);

  /**
   * The turn that a repository's agent is in, as last told by its follower; empty outside turns.
   */
  Optional<RunSeen.Numbers> run(String key);

  /** What of a repository's review is tried again; empty when nothing has failed just now. */
  Optional<FailedAttempts> failedAttempts(String key);

  /** Whether a review of this repository is open; false also when there never was one. */
  boolean reviewRuns(String key);

  /** A task queue of the fleet that no worker has asked for work for a minute; empty if none. */
  Optional<String> unattendedTaskQueue();
}
