package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactConflictException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.starter.batch.BatchWorkflowStarter;
import dev.repofleet.starter.batch.TemporalBatchView;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.target.ManifestBuilder;
import dev.repofleet.starter.target.WantedTargets;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchInput;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Writes what a batch needs into the store and starts its workflow. Thread-safe. */
final class BatchStarter {
  private final TemporalConnection connection;
  private final ArtifactStore store;
  private final Map<String, String> environment;
  private final Consumer<String> talk;

  BatchStarter(
      TemporalConnection connection,
      ArtifactStore store,
      Map<String, String> environment,
      Consumer<String> talk) {
    this.connection = connection;
    this.store = store;
    this.environment = environment;
    this.talk = talk;
  }

  /**
   * Starts a batch; blocks while paths are bundled.
   *
   * @throws CommandException with exit code 2 when the id is taken. After any other failure the
   *     batch may have been started, and starting it again with the same id is safe
   */
  void start(Fleet fleet, Wanted wanted) {
    ManifestRef manifest;
    PlanRef plan;
    try {
      // The plan first: it is small, and tells at once whether the id is taken.
      plan = plan(wanted);
      manifest = manifest(wanted);
    } catch (ArtifactConflictException e) {
      throw taken(wanted.batch());
    }
    BatchInput input =
        new BatchInput(
            1,
            fleet.name(),
            wanted.batch(),
            manifest,
            plan,
            store.storeId(),
            wanted.window(),
            wanted.agent(),
            BatchInput.DEFAULT_HEARTBEAT_TIMEOUT,
            BatchInput.DEFAULT_CHECKPOINT_EVERY,
            null,
            wanted.limits(),
            wanted.useCache());
    new BatchWorkflowStarter(connection, talk).start(input);
  }

  private CommandException taken(String batch) {
    if (new TemporalBatchView(connection, batch, Clock.systemUTC()).startedAt().isPresent()) {
      return BatchWorkflowStarter.taken(batch);
    }
    return CommandException.wrongUse(
        "the artifact store has another plan or other targets under the id '"
            + batch
            + "', though "
            + connection.address()
            + " knows no such batch: one that never began, is of another server, or long over; take another"
            + " --batch, or none");
  }

  private PlanRef plan(Wanted wanted) {
    ArtifactRef written =
        store.createNamed(ArtifactPaths.plan(wanted.batch()), ArtifactJson.pretty(wanted.plan()));
    return new PlanRef(written.uri(), written.sha256(), wanted.plan().name());
  }

  private ManifestRef manifest(Wanted wanted) {
    return ManifestBuilder.forWorkflows(
        new ManifestBuilder(environment, store, talk)
            .write(wanted.batch(), wanted.plan(), wanted.targets()));
  }

  /**
   * What is to be started.
   *
   * @param batch id, checked
   * @param window most repositories in work at once
   * @param limits where the batch stops by itself
   * @param useCache whether what is unchanged since an earlier result is skipped
   */
  record Wanted(
      String batch,
      WantedTargets targets,
      Plan plan,
      AgentKind agent,
      int window,
      BatchLimits limits,
      boolean useCache) {
    Wanted {
      Objects.requireNonNull(targets, "targets");
    }
  }
}
