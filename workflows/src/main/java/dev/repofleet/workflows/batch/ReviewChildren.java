package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.review.RepositoryReviewWorkflow;
import dev.repofleet.workflows.review.ReviewPage;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.common.SearchAttributes;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The reviews of one run of a batch as its children, from their start to the word of how each
 * ended. For workflow code.
 */
final class ReviewChildren {
  private static final Logger log = Workflow.getLogger(ReviewChildren.class);

  private final BatchInput input;
  private final BatchState state;
  private final boolean searchable;
  private final Consumer<RepositoryEnded> ended;
  private final Runnable silent;

  /** Those asked for that nobody has waited for. */
  private final List<Promise<WorkflowExecution>> beginning = new ArrayList<>();

  /**
   * @param searchable whether the namespace knows this fleet's search attributes
   * @param ended told of each end, also of that of a review which could not begin
   * @param silent run when one has ended that may have told nobody, or is at work unknown
   */
  ReviewChildren(
      BatchInput input,
      BatchState state,
      boolean searchable,
      Consumer<RepositoryEnded> ended,
      Runnable silent) {
    this.input = input;
    this.state = state;
    this.searchable = searchable;
    this.ended = ended;
    this.silent = silent;
  }

  /**
   * Asks for the review of a row of the manifest as the next one. Its end reaches {@code ended}.
   */
  void start(TargetPage.Row row) {
    PlanOutline plan = row.outlineOr(requirePlan());
    Double budget = state.started(row.index(), row.key(), plan.budgetUsd());
    int generation = state.generation(row.index());
    RepositoryReviewWorkflow review =
        Workflow.newChildWorkflowStub(
            RepositoryReviewWorkflow.class, options(row, plan, generation));
    Promise<RepositoryEnded> ending =
        Async.function(
            review::review,
            new ReviewInput(
                1,
                input.fleet(),
                input.batch(),
                row.index(),
                row.key(),
                row.target(),
                row.planOr(input.plan()),
                plan,
                input.agent(),
                generation,
                input.heartbeatTimeout(),
                input.checkpointEvery(),
                input.storeId(),
                null,
                budget,
                input.useCache()));
    ending.handle(
        (end, failure) -> {
          if (failure == null) {
            ended.accept(end);
          } else if (mustBeLookedFor(failure.getCause())) {
            silent.run();
          } else {
            ended.accept(lost(row, generation, failure));
          }
          return null;
        });
    beginning.add(Workflow.getWorkflowExecution(review));
  }

  /** Whether one that was asked for has not begun. */
  boolean areBeginning() {
    return beginning.stream().anyMatch(start -> !start.isCompleted());
  }

  /** Waits until all that were asked for have begun, or could not begin. */
  void awaitBegun() {
    for (Promise<WorkflowExecution> start : beginning) {
      try {
        start.get();
      } catch (TemporalFailure e) {
        // Its own promise tells the tally; here it only must not end the batch.
        log.warn("A review could not be started", e);
      }
    }
    beginning.clear();
  }

  /**
   * A review that was started before a Reset of this batch may still be at work; one that was
   * terminated or timed out has told nothing and given nothing back. Whoever hears of it looks for
   * them.
   */
  private static boolean mustBeLookedFor(@Nullable Throwable cause) {
    return cause instanceof WorkflowExecutionAlreadyStarted
        || cause instanceof TerminatedFailure
        || cause instanceof TimeoutFailure;
  }

  private PlanOutline requirePlan() {
    return Objects.requireNonNull(state.outline(), "the plan of a batch that was checked");
  }

  private ChildWorkflowOptions options(TargetPage.Row row, PlanOutline plan, int generation) {
    ChildWorkflowOptions.Builder options =
        ChildWorkflowOptions.newBuilder()
            .setWorkflowId(Fleet.reviewWorkflowId(input.batch(), row.key()))
            .setWorkflowIdReusePolicy(
                generation == 0
                    ? WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
                    : WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
            .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
            .setStaticSummary(Excerpt.of(row.target().name(), Excerpt.SUMMARY))
            .setStaticDetails(ReviewPage.about(input.batch(), row.key(), row.target()));
    if (searchable) {
      options.setTypedSearchAttributes(
          SearchAttributes.newBuilder()
              .set(FleetSearchAttributes.BATCH, input.batch())
              .set(
                  FleetSearchAttributes.REPOSITORY,
                  Excerpt.of(row.target().name(), FleetSearchAttributes.MAX_KEYWORD))
              .set(FleetSearchAttributes.PLAN, plan.name())
              .build());
    }
    return options.build();
  }

  /**
   * A child that was cancelled tells so itself, unless it never began; any other failure is a child
   * that could not.
   */
  private static RepositoryEnded lost(
      TargetPage.Row row, int generation, RuntimeException failure) {
    boolean cancelled =
        failure instanceof CanceledFailure || failure.getCause() instanceof CanceledFailure;
    return new RepositoryEnded(
        row.index(),
        row.key(),
        cancelled ? RepositoryStatus.CANCELLED : RepositoryStatus.FAILED,
        cancelled ? Cause.CANCELLED : Cause.INTERNAL,
        SeverityCounts.NONE,
        UsageTotals.NONE,
        generation,
        null);
  }
}
