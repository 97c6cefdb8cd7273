package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.BatchReport;
import dev.repofleet.workflows.activities.CheckWorkerInput;
import dev.repofleet.workflows.activities.ReconcileInput;
import dev.repofleet.workflows.activities.ReportInput;
import dev.repofleet.workflows.activities.TargetPage;
import dev.repofleet.workflows.activities.TargetPageRequest;
import dev.repofleet.workflows.review.PlanOutline;
import dev.repofleet.workflows.review.RepositoryReviewWorkflow;
import dev.repofleet.workflows.review.ReviewInput;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.common.SearchAttributes;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Keeps a window of reviews in work until the manifest is through.
 *
 * <p>A child is abandoned on close and tells its end by a signal, since it outlives the run that
 * started it: a batch continues as new whenever the server suggests it, with children in work. What
 * a signal did not tell, {@link #reconcile} finds.
 */
public final class ReviewBatchWorkflowImpl implements ReviewBatchWorkflow {
  private static final Logger log = Workflow.getLogger(ReviewBatchWorkflowImpl.class);
  private static final Duration RECONCILE_EVERY = Duration.ofSeconds(60);
  private static final int PAGE = 100;
  private static final int REVIEW_GENERATION = 0;

  private final BatchInput input;
  private final ActivityStubs activities;
  private final boolean searchable;
  private final Deque<TargetPage.Row> page = new ArrayDeque<>();
  private final Map<Integer, String> running = new TreeMap<>();

  private BatchStatus status = BatchStatus.RUNNING;
  private final long startedAt;
  private int dispatched;
  private BatchTally tally;
  private @Nullable PlanOutline outline;

  /** Takes up the carried progress before any signal or query is handled. */
  @WorkflowInit
  public ReviewBatchWorkflowImpl(BatchInput input) {
    this.input = input;
    this.activities = new ActivityStubs(new Fleet(input.fleet()), "batch " + input.batch());
    this.searchable = Workflow.getTypedSearchAttributes().containsKey(FleetSearchAttributes.BATCH);
    BatchCarry carry = input.progress();
    this.startedAt = carry == null ? Workflow.currentTimeMillis() : carry.startedAt();
    this.tally = carry == null ? BatchTally.NONE : carry.tally();
    if (carry != null) {
      outline = carry.outline();
      dispatched = carry.dispatched();
      carry.running().forEach(child -> running.put(child.index(), child.key()));
    }
  }

  @Override
  public BatchOutcome run(BatchInput same) {
    try {
      if (outline == null) {
        outline =
            activities
                .worker()
                .checkWorker(new CheckWorkerInput(input.plan(), input.agent(), input.storeId()))
                .outline();
      }
      reviewAll(outline);
    } catch (TemporalFailure e) {
      if (!CancellationScope.current().isCancelRequested()) {
        awaitChildren();
        status = BatchStatus.FAILED;
        finish();
        throw e;
      }
      Workflow.newDetachedCancellationScope(this::cancelChildren).run();
      status = BatchStatus.CANCELLED;
      Workflow.newDetachedCancellationScope(this::finish).run();
      throw new CanceledFailure("batch " + input.batch() + " was cancelled");
    }
    status =
        tally.count(RepositoryStatus.COMPLETE) + tally.count(RepositoryStatus.SKIPPED_UNCHANGED)
                == input.manifest().count()
            ? BatchStatus.COMPLETE
            : BatchStatus.FINISHED_WITH_FAILURES;
    return new BatchOutcome(status, tally, finish());
  }

  @Override
  public void ended(RepositoryEnded repository) {
    if (running.remove(repository.index()) != null) {
      tally = tally.plus(repository);
    }
  }

  @Override
  public BatchProgress progress() {
    return new BatchProgress(
        status, startedAt, input.manifest().count(), dispatched, runningNow(), tally);
  }

  private void reviewAll(PlanOutline plan) {
    show();
    while (dispatched < input.manifest().count() || !running.isEmpty()) {
      fillWindow(plan);
      if (Workflow.getInfo().isContinueAsNewSuggested()) {
        continueAsNew(plan);
      }
      awaitAnEnd();
      show();
    }
  }

  private void fillWindow(PlanOutline plan) {
    List<Promise<WorkflowExecution>> starts = new ArrayList<>();
    while (running.size() < input.window() && dispatched < input.manifest().count()) {
      starts.add(start(nextTarget(), plan));
    }
    for (Promise<WorkflowExecution> start : starts) {
      try {
        start.get();
      } catch (TemporalFailure e) {
        if (CancellationScope.current().isCancelRequested()) {
          throw e;
        }
        // Its own promise tells the tally; here it only must not end the batch.
        log.warn("A review could not be started", e);
      }
    }
  }

  private TargetPage.Row nextTarget() {
    if (page.isEmpty()) {
      int limit = Math.min(PAGE, input.manifest().count() - dispatched);
      page.addAll(
          activities
              .batch()
              .readTargets(new TargetPageRequest(input.manifest(), dispatched, limit))
              .rows());
    }
    return page.remove();
  }

  private Promise<WorkflowExecution> start(TargetPage.Row row, PlanOutline plan) {
    RepositoryReviewWorkflow review =
        Workflow.newChildWorkflowStub(RepositoryReviewWorkflow.class, options(row, plan));
    dispatched++;
    running.put(row.index(), row.key());
    Promise<RepositoryEnded> end =
        Async.function(
            review::review,
            new ReviewInput(
                1,
                input.fleet(),
                input.batch(),
                row.index(),
                row.key(),
                row.target(),
                input.plan(),
                plan,
                input.agent(),
                REVIEW_GENERATION,
                input.heartbeatTimeout(),
                input.checkpointEvery()));
    end.handle(
        (ended, failure) -> {
          ended(failure == null ? ended : lost(row.index(), row.key(), failure));
          return null;
        });
    return Workflow.getWorkflowExecution(review);
  }

  private ChildWorkflowOptions options(TargetPage.Row row, PlanOutline plan) {
    ChildWorkflowOptions.Builder options =
        ChildWorkflowOptions.newBuilder()
            .setWorkflowId(Fleet.reviewWorkflowId(input.batch(), row.key()))
            .setWorkflowIdReusePolicy(
                WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
            .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
            .setStaticSummary(row.target().name());
    if (searchable) {
      options.setTypedSearchAttributes(
          SearchAttributes.newBuilder()
              .set(FleetSearchAttributes.BATCH, input.batch())
              .set(FleetSearchAttributes.REPOSITORY, row.target().name())
              .set(FleetSearchAttributes.PLAN, plan.name())
              .build());
    }
    return options.build();
  }

  /** A child that was cancelled tells so itself; any other failure is a child that could not. */
  private static RepositoryEnded lost(int index, String key, RuntimeException failure) {
    boolean cancelled = failure.getCause() instanceof CanceledFailure;
    return new RepositoryEnded(
        index,
        key,
        cancelled ? RepositoryStatus.CANCELLED : RepositoryStatus.FAILED,
        cancelled ? Cause.CANCELLED : Cause.INTERNAL,
        SeverityCounts.NONE,
        UsageTotals.NONE);
  }

  private void reconcile() {
    if (!running.isEmpty()) {
      activities
          .batch()
          .reconcile(new ReconcileInput(input.batch(), runningNow()))
          .ended()
          .forEach(this::ended);
    }
  }

  private void continueAsNew(PlanOutline plan) {
    Workflow.continueAsNew(
        input.continued(new BatchCarry(startedAt, plan, dispatched, runningNow(), tally)));
  }

  private void cancelChildren() {
    for (String key : running.values()) {
      try {
        Workflow.newUntypedExternalWorkflowStub(Fleet.reviewWorkflowId(input.batch(), key))
            .cancel();
      } catch (TemporalFailure e) {
        log.info("Review {} has ended before it could be cancelled", key);
      }
    }
    awaitChildren();
  }

  private void awaitChildren() {
    while (!running.isEmpty()) {
      awaitAnEnd();
    }
  }

  private void awaitAnEnd() {
    int known = tally.ended();
    if (!Workflow.await(RECONCILE_EVERY, () -> tally.ended() > known)) {
      reconcile();
    }
  }

  private String finish() {
    show();
    return activities
        .reporting()
        .writeReport(
            ReportInput.of(
                new BatchReport(
                    input.continued(null),
                    status,
                    dispatched,
                    startedAt,
                    Workflow.currentTimeMillis())))
        .uri();
  }

  private List<RunningRepository> runningNow() {
    return running.entrySet().stream()
        .map(child -> new RunningRepository(child.getKey(), child.getValue()))
        .toList();
  }

  private void show() {
    Workflow.setCurrentDetails(
        "**"
            + status.code()
            + "** · "
            + tally.ended()
            + " of "
            + input.manifest().count()
            + " ended · "
            + running.size()
            + " in work · findings "
            + tally.findings().total());
    if (searchable) {
      Workflow.upsertTypedSearchAttributes(FleetSearchAttributes.STATUS.valueSet(status.code()));
    }
  }
}
