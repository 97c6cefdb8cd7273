package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Excerpt;
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
import dev.repofleet.workflows.review.ReviewPage;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.common.SearchAttributes;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancelExternalWorkflowException;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.ExternalWorkflowStub;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
  private static final TimerOptions RECONCILE_TIMER =
      TimerOptions.newBuilder().setSummary("look for reviews that ended in silence").build();
  private static final int PAGE = 100;
  private static final int REVIEW_GENERATION = 0;

  private final BatchInput input;
  private final ActivityStubs activities;
  private final boolean searchable;
  private final Deque<TargetPage.Row> page = new ArrayDeque<>();
  private final Map<Integer, String> running = new TreeMap<>();

  /** Those of the running ones that wait for a person and take no place in the window. */
  private final Set<Integer> parked = new TreeSet<>();

  /** Whether a place in the window has come free without an end, or what there is to show. */
  private boolean moved;

  /** Why no review is started until a person resumes. */
  private @Nullable String held;

  /** Whether a review is known to have ended without a word. */
  private boolean lookNow;

  private BatchStatus status = BatchStatus.RUNNING;
  private final long startedAt;
  private int dispatched;
  private BatchTally tally;
  private @Nullable PlanOutline outline;
  private @Nullable Promise<Void> reconcileTimer;
  private @Nullable BatchStatus shown;
  private String reportUri = "";

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
      parked.addAll(carry.parked());
      held = carry.held();
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
      throw stopped(e);
    }
    status =
        tally.count(RepositoryStatus.COMPLETE) + tally.count(RepositoryStatus.SKIPPED_UNCHANGED)
                == input.manifest().count()
            ? BatchStatus.COMPLETE
            : BatchStatus.FINISHED_WITH_FAILURES;
    Workflow.newDetachedCancellationScope(this::finish).run();
    return new BatchOutcome(status, tally, reportUri);
  }

  /** Sees the reviews in work to their end, writes what there is, and returns what to throw. */
  private TemporalFailure stopped(TemporalFailure failure) {
    boolean cancelled = CancellationScope.current().isCancelRequested();
    if (!cancelled) {
      try {
        awaitChildren();
      } catch (CanceledFailure e) {
        cancelled = true;
      }
    }
    if (cancelled) {
      Workflow.newDetachedCancellationScope(this::cancelChildren).run();
    }
    status = cancelled ? BatchStatus.CANCELLED : BatchStatus.FAILED;
    if (cancelled || outline != null) {
      finishIfPossible();
    }
    return cancelled ? new CanceledFailure("batch " + input.batch() + " was cancelled") : failure;
  }

  /** Not after a failed check of the worker: its store may not even be the batch's. */
  private void finishIfPossible() {
    try {
      Workflow.newDetachedCancellationScope(this::finish).run();
    } catch (TemporalFailure e) {
      log.error("The report of batch {} could not be written", input.batch(), e);
    }
  }

  @Override
  public void ended(RepositoryEnded repository) {
    if (running.remove(repository.index()) != null) {
      parked.remove(repository.index());
      tally = tally.plus(repository);
    }
  }

  @Override
  public void parked(RepositoryParked repository) {
    if (!running.containsKey(repository.index())) {
      return;
    }
    if (repository.parked()) {
      parked.add(repository.index());
    } else {
      parked.remove(repository.index());
    }
    moved = true;
  }

  @Override
  public void held(BatchHold hold) {
    held = hold.reason();
    moved = true;
  }

  @Override
  public BatchResumed resume() {
    BatchResumed resumed = new BatchResumed(held);
    held = null;
    moved = true;
    return resumed;
  }

  @Override
  public void checkResume() {
    if (holds() == null) {
      throw new IllegalStateException(
          "cannot resume while " + status.code() + ": nothing holds batch " + input.batch());
    }
  }

  /** Why it is held; nothing holds what has ended. */
  private @Nullable String holds() {
    return status == BatchStatus.RUNNING ? held : null;
  }

  @Override
  public BatchProgress progress() {
    return new BatchProgress(
        status, startedAt, input.manifest().count(), dispatched, runningNow(), tally, holds());
  }

  private void reviewAll(PlanOutline plan) {
    show();
    while (dispatched < input.manifest().count() || !running.isEmpty()) {
      // Counted first: filling the window waits, and what ends meanwhile must not be missed.
      int known = tally.ended();
      fillWindow(plan);
      if (Workflow.getInfo().isContinueAsNewSuggested()) {
        continueAsNew(plan);
      }
      awaitAnEnd(known);
      show();
    }
  }

  private void fillWindow(PlanOutline plan) {
    List<Promise<WorkflowExecution>> starts = new ArrayList<>();
    // Also of a batch that is held and has nothing in work: nothing else would notice.
    CancellationScope.throwCanceled();
    while (mayStart()) {
      CancellationScope.throwCanceled();
      fillPage();
      if (held != null) {
        break; // since the page was asked for
      }
      TargetPage.Row row = page.remove();
      // Detached: a child of an earlier run can be cancelled by its id alone, so all of them are.
      Workflow.newDetachedCancellationScope(() -> starts.add(start(row, plan))).run();
    }
    for (Promise<WorkflowExecution> start : starts) {
      try {
        start.get();
      } catch (TemporalFailure e) {
        // Its own promise tells the tally; here it only must not end the batch.
        log.warn("A review could not be started", e);
      }
    }
  }

  private boolean mayStart() {
    return held == null
        && running.size() - parked.size() < input.window()
        && dispatched < input.manifest().count();
  }

  private void fillPage() {
    if (page.isEmpty()) {
      int limit = Math.min(PAGE, input.manifest().count() - dispatched);
      page.addAll(
          activities
              .batch()
              .readTargets(new TargetPageRequest(input.manifest(), dispatched, limit))
              .rows());
    }
    if (page.isEmpty()) {
      throw ApplicationFailure.newNonRetryableFailure(
          "manifest " + input.manifest().uri() + " ends at target " + dispatched,
          "manifest_invalid");
    }
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
                input.checkpointEvery(),
                input.storeId(),
                null));
    end.handle(
        (ended, failure) -> {
          if (failure == null) {
            ended(ended);
          } else if (mustBeLookedFor(failure.getCause())) {
            lookNow = true;
          } else {
            ended(lost(row.index(), row.key(), failure));
          }
          return null;
        });
    return Workflow.getWorkflowExecution(review);
  }

  /**
   * A review that was started before a Reset of this batch may still be at work; one that was
   * terminated or timed out has told nothing and given nothing back. {@link #reconcile} sees to
   * them.
   */
  private static boolean mustBeLookedFor(@Nullable Throwable cause) {
    return cause instanceof WorkflowExecutionAlreadyStarted
        || cause instanceof TerminatedFailure
        || cause instanceof TimeoutFailure;
  }

  private ChildWorkflowOptions options(TargetPage.Row row, PlanOutline plan) {
    ChildWorkflowOptions.Builder options =
        ChildWorkflowOptions.newBuilder()
            .setWorkflowId(Fleet.reviewWorkflowId(input.batch(), row.key()))
            .setWorkflowIdReusePolicy(
                WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
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
  private static RepositoryEnded lost(int index, String key, RuntimeException failure) {
    boolean cancelled =
        failure instanceof CanceledFailure || failure.getCause() instanceof CanceledFailure;
    return new RepositoryEnded(
        index,
        key,
        cancelled ? RepositoryStatus.CANCELLED : RepositoryStatus.FAILED,
        cancelled ? Cause.CANCELLED : Cause.INTERNAL,
        SeverityCounts.NONE,
        UsageTotals.NONE);
  }

  /** Asks what became of the silent ones. A server that can't be asked now is asked again. */
  private void reconcile() {
    if (running.isEmpty()) {
      return;
    }
    try {
      activities
          .batch()
          .reconcile(new ReconcileInput(input.batch(), runningNow(), input.fleet()))
          .ended()
          .forEach(this::ended);
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn("The reviews of batch {} could not be looked for", input.batch(), e);
    }
  }

  private void continueAsNew(PlanOutline plan) {
    reconcile();
    // The next run does not inherit a cancellation.
    CancellationScope.throwCanceled();
    Workflow.continueAsNew(
        input.continued(
            new BatchCarry(
                startedAt, plan, dispatched, runningNow(), tally, List.copyOf(parked), held)));
  }

  /** All at once, since each takes a round trip; what becomes of them their ends tell. */
  private void cancelChildren() {
    for (String key : running.values()) {
      ExternalWorkflowStub review =
          Workflow.newUntypedExternalWorkflowStub(Fleet.reviewWorkflowId(input.batch(), key));
      Async.procedure(() -> cancel(review, key));
    }
    awaitChildren();
  }

  private static void cancel(ExternalWorkflowStub review, String key) {
    try {
      review.cancel();
    } catch (CancelExternalWorkflowException | TemporalFailure e) {
      log.info("Review {} has ended before it could be cancelled", key);
    }
  }

  private void awaitChildren() {
    while (!running.isEmpty()) {
      awaitAnEnd(tally.ended());
    }
  }

  /** Waits for an end beyond those known; looks for silent ones once a minute, however busy. */
  private void awaitAnEnd(int known) {
    if (reconcileTimer == null || reconcileTimer.isCompleted()) {
      reconcileTimer = Workflow.newTimer(RECONCILE_EVERY, RECONCILE_TIMER);
    }
    Promise<Void> timer = reconcileTimer;
    Workflow.await(() -> tally.ended() > known || moved || lookNow || timer.isCompleted());
    moved = false;
    if (lookNow || timer.isCompleted()) {
      lookNow = false;
      reconcile();
    }
  }

  private void finish() {
    show();
    if (searchable) {
      Workflow.upsertTypedSearchAttributes(
          FleetSearchAttributes.FINDINGS.valueSet((long) tally.findings().total()),
          FleetSearchAttributes.COST_USD.valueSet(tally.usage().costUsd()));
    }
    BatchReport report =
        new BatchReport(
            input.continued(null), status, dispatched, startedAt, Workflow.currentTimeMillis());
    reportUri = activities.reporting().writeReport(ReportInput.of(report)).uri();
  }

  private List<RunningRepository> runningNow() {
    return running.entrySet().stream()
        .map(child -> new RunningRepository(child.getKey(), child.getValue()))
        .toList();
  }

  private void show() {
    int queued = input.manifest().count() - tally.ended() - running.size();
    Workflow.setCurrentDetails(
        BatchPage.now(
            status,
            tally,
            running.size() - parked.size(),
            parked.size(),
            queued,
            BatchPage.held(input.batch(), holds())));
    if (searchable && shown != status) {
      shown = status;
      Workflow.upsertTypedSearchAttributes(FleetSearchAttributes.STATUS.valueSet(status.code()));
    }
  }
}
