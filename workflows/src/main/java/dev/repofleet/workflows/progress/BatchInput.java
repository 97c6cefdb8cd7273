package dev.repofleet.workflows.progress;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Input of {@code ReviewBatchWorkflow}.
 *
 * @param schemaVersion 1
 * @param fleet whose workers do the work
 * @param batch id, as {@link Fleet#requireBatch} allows
 * @param manifest the targets; read by page, never part of this input
 * @param plan what is asked of each repository
 * @param storeId of the artifact store all of it lives in
 * @param window most repositories in work at once, 1 to 500
 * @param agent that reviews
 * @param heartbeatTimeout of agent runs; 30 s unless a test is in a hurry
 * @param checkpointEvery how often a running turn's work is saved; 60 s
 * @param progress where an earlier run of this workflow left off; absent at the start
 * @param limits where it stops by itself; absent: nowhere
 * @param useCache whether a repository that is as it was at an earlier result is skipped; absent:
 *     yes
 */
@Payload
public record BatchInput(
    int schemaVersion,
    String fleet,
    String batch,
    ManifestRef manifest,
    PlanRef plan,
    String storeId,
    int window,
    AgentKind agent,
    Duration heartbeatTimeout,
    Duration checkpointEvery,
    @Nullable BatchCarry progress,
    BatchLimits limits,
    Boolean useCache) {

  /** Most repositories one batch keeps in work at once. */
  public static final int MAX_WINDOW = 500;

  /** Heartbeat timeout of agent runs: soon enough to notice a dead worker, few billed beats. */
  public static final Duration DEFAULT_HEARTBEAT_TIMEOUT = Duration.ofSeconds(30);

  /** How often a running turn's work is saved. */
  public static final Duration DEFAULT_CHECKPOINT_EVERY = Duration.ofSeconds(60);

  public BatchInput {
    Objects.requireNonNull(manifest, "manifest");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(storeId, "storeId");
    Objects.requireNonNull(agent, "agent");
    Objects.requireNonNull(heartbeatTimeout, "heartbeatTimeout");
    Objects.requireNonNull(checkpointEvery, "checkpointEvery");
    limits = limits == null ? BatchLimits.NONE : limits;
    useCache = useCache == null || useCache;
    new Fleet(fleet).requireBatch(batch);
    if (schemaVersion != 1) {
      throw new IllegalArgumentException(
          "batch " + batch + " has schema version " + schemaVersion + ", this worker knows 1");
    }
    requireWindow(window);
  }

  /**
   * Refuses a number of repositories at once that is out of bounds: {@link #MAX_WINDOW}.
   *
   * @throws IllegalArgumentException when it is
   */
  public static void requireWindow(int window) {
    if (window < 1 || window > MAX_WINDOW) {
      throw new IllegalArgumentException(
          "concurrency " + window + " is not between 1 and " + MAX_WINDOW);
    }
  }

  /** The same batch with these settings, going on from {@code carry}, or without any progress. */
  public BatchInput continued(int window, BatchLimits limits, @Nullable BatchCarry carry) {
    return new BatchInput(
        schemaVersion,
        fleet,
        batch,
        manifest,
        plan,
        storeId,
        window,
        agent,
        heartbeatTimeout,
        checkpointEvery,
        carry,
        limits,
        useCache);
  }
}
