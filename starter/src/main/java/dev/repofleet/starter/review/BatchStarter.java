package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactConflictException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.starter.CommandException;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.starter.target.ManifestBuilder;
import dev.repofleet.starter.target.WantedTarget;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.batch.BatchInput;
import dev.repofleet.workflows.batch.BatchPage;
import dev.repofleet.workflows.batch.ManifestRef;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.client.TemporalConnection;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.common.SearchAttributes;
import java.util.List;
import java.util.Map;
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
            null);
    try {
      start(
          options(fleet, wanted, input).setTypedSearchAttributes(attributes(wanted)).build(),
          input);
    } catch (WorkflowServiceException e) {
      if (!MissingSearchAttributes.explain(e)) {
        throw e;
      }
      talk.accept(MissingSearchAttributes.SENTENCE);
      start(options(fleet, wanted, input).build(), input);
    }
  }

  private PlanRef plan(Wanted wanted) {
    ArtifactRef written =
        store.createNamed(ArtifactPaths.plan(wanted.batch()), ArtifactJson.pretty(wanted.plan()));
    return new PlanRef(written.uri(), written.sha256(), wanted.plan().name());
  }

  private ManifestRef manifest(Wanted wanted) {
    var written =
        new ManifestBuilder(environment, store, talk).write(wanted.batch(), wanted.targets());
    return new ManifestRef(written.uri(), written.sha256(), Math.toIntExact(written.count()));
  }

  private static WorkflowOptions.Builder options(Fleet fleet, Wanted wanted, BatchInput input) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(Fleet.batchWorkflowId(wanted.batch()))
        .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
        .setTaskQueue(fleet.taskQueue())
        .setStaticSummary(
            Excerpt.of(
                Wording.count(wanted.targets().size(), "repository", "repositories")
                    + ", plan "
                    + wanted.plan().name()
                    + ", agent "
                    + wanted.agent().code(),
                Excerpt.SUMMARY))
        .setStaticDetails(BatchPage.about(input));
  }

  private static SearchAttributes attributes(Wanted wanted) {
    return SearchAttributes.newBuilder()
        .set(FleetSearchAttributes.BATCH, wanted.batch())
        .set(FleetSearchAttributes.PLAN, wanted.plan().name())
        .build();
  }

  private void start(WorkflowOptions options, BatchInput input) {
    ReviewBatchWorkflow workflow =
        connection.client().newWorkflowStub(ReviewBatchWorkflow.class, options);
    try {
      WorkflowClient.start(workflow::run, input);
    } catch (WorkflowExecutionAlreadyStarted e) {
      throw taken(input.batch());
    }
  }

  private static CommandException taken(String batch) {
    return CommandException.wrongUse(
        "there is a batch '"
            + batch
            + "' already: `repofleet status "
            + batch
            + "` shows it; take another --batch, or none");
  }

  /**
   * What is to be started.
   *
   * @param batch id, checked
   * @param window most repositories in work at once
   */
  record Wanted(String batch, List<WantedTarget> targets, Plan plan, AgentKind agent, int window) {
    Wanted {
      targets = List.copyOf(targets);
    }
  }
}
