package dev.repofleet.starter.batch;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.server.MissingSearchAttributes;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.batch.BatchPage;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.progress.BatchInput;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.common.SearchAttributes;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/** Starts the workflow of a batch: a new one, or one that has ended and goes on. Thread-safe. */
public final class BatchWorkflowStarter {
  /** What the SDK asks no second time: nothing can have come of an earlier attempt. */
  private static final Set<Status.Code> REFUSALS =
      EnumSet.of(
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.PERMISSION_DENIED,
          Status.Code.UNAUTHENTICATED,
          Status.Code.UNIMPLEMENTED);

  private final TemporalConnection connection;
  private final Consumer<String> talk;

  /** On a server; the connection stays the caller's. */
  public BatchWorkflowStarter(TemporalConnection connection, Consumer<String> talk) {
    this.connection = connection;
    this.talk = talk;
  }

  /**
   * Starts it.
   *
   * @throws CommandException with exit code 2 when the id is taken, or a batch that is to go on is
   *     at work again. After any other failure but a {@linkplain #isRefusal refusal} it may have
   *     been started, and starting it again is safe
   */
  public void start(BatchInput input) {
    MissingSearchAttributes.leaveOut(
        () -> start(options(input).setTypedSearchAttributes(attributes(input)).build(), input),
        () -> start(options(input).build(), input),
        talk);
  }

  /** Whether the server has said that it did not start the workflow. */
  public static boolean isRefusal(WorkflowServiceException failure) {
    return failure.getCause() instanceof StatusRuntimeException status
        && REFUSALS.contains(status.getStatus().getCode());
  }

  private static WorkflowOptions.Builder options(BatchInput input) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(Fleet.batchWorkflowId(input.batch()))
        .setWorkflowIdReusePolicy(
            input.progress() == null
                ? WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
                : WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
        .setTaskQueue(new Fleet(input.fleet()).taskQueue())
        .setStaticSummary(BatchPage.summary(input))
        .setStaticDetails(BatchPage.about(input));
  }

  private static SearchAttributes attributes(BatchInput input) {
    return SearchAttributes.newBuilder()
        .set(FleetSearchAttributes.BATCH, input.batch())
        .set(FleetSearchAttributes.PLAN, input.plan().name())
        .build();
  }

  private void start(WorkflowOptions options, BatchInput input) {
    ReviewBatchWorkflow workflow =
        connection.client().newWorkflowStub(ReviewBatchWorkflow.class, options);
    try {
      WorkflowClient.start(workflow::run, input);
    } catch (WorkflowExecutionAlreadyStarted e) {
      throw input.progress() == null ? taken(input.batch()) : goesOn(input.batch());
    }
  }

  /** That somebody has started a batch of this id. */
  public static CommandException taken(String batch) {
    return CommandException.wrongUse(
        "there is a batch '"
            + batch
            + "' already: `repofleet status "
            + batch
            + "` shows it; take another --batch, or none");
  }

  private static CommandException goesOn(String batch) {
    return CommandException.wrongUse(
        "batch " + batch + " has just been started again by somebody else: run the command again");
  }
}
