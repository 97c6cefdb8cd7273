package dev.repofleet.starter.followup;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.server.MissingSearchAttributes;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.review.RepositoryReviewWorkflow;
import dev.repofleet.workflows.review.ReviewPage;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributes;
import java.util.function.Consumer;

/** Starts the workflow of a review that has ended once more, for a follow-up. Thread-safe. */
final class FollowUpStarter {
  private final TemporalConnection connection;
  private final Consumer<String> talk;

  FollowUpStarter(TemporalConnection connection, Consumer<String> talk) {
    this.connection = connection;
    this.talk = talk;
  }

  /**
   * Starts it.
   *
   * @throws CommandException with exit code 2 when somebody else has just done so. After any other
   *     failure it may run: the same once more is refused then
   */
  void start(ReviewInput input) {
    MissingSearchAttributes.leaveOut(
        () ->
            start(
                options(input)
                    // As the batch gives them to its reviews, so that one query finds both.
                    .setTypedSearchAttributes(attributes(input))
                    .build(),
                input),
        () -> start(options(input).build(), input),
        talk);
  }

  private void start(WorkflowOptions options, ReviewInput input) {
    RepositoryReviewWorkflow review =
        connection.client().newWorkflowStub(RepositoryReviewWorkflow.class, options);
    try {
      WorkflowClient.start(review::review, input);
    } catch (WorkflowExecutionAlreadyStarted e) {
      throw CommandException.wrongUse(
          "the review of "
              + input.target().name()
              + " has just been started by somebody else: run the command again, and the follow-up"
              + " comes after what is in work");
    }
  }

  private static WorkflowOptions.Builder options(ReviewInput input) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(Fleet.reviewWorkflowId(input.batch(), input.key()))
        .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
        .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
        .setTaskQueue(new Fleet(input.fleet()).taskQueue())
        .setStaticSummary(Excerpt.of("follow-up: " + input.target().name(), Excerpt.SUMMARY))
        .setStaticDetails(ReviewPage.about(input.batch(), input.key(), input.target()));
  }

  private static SearchAttributes attributes(ReviewInput input) {
    return SearchAttributes.newBuilder()
        .set(FleetSearchAttributes.BATCH, input.batch())
        .set(
            FleetSearchAttributes.REPOSITORY,
            Excerpt.of(input.target().name(), FleetSearchAttributes.MAX_KEYWORD))
        .set(FleetSearchAttributes.PLAN, input.outline().name())
        .build();
  }
}
