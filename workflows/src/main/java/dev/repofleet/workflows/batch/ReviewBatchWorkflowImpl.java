package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.batch.AdmitInput;
import dev.repofleet.workflows.activities.batch.NoticeKind;
import dev.repofleet.workflows.activities.batch.ReconcileInput;
import dev.repofleet.workflows.activities.batch.ReconcileOutcome;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.worker.CheckWorkerInput;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchHold;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RepositoryParked;
import dev.repofleet.workflows.progress.RunningRepository;
import dev.repofleet.workflows.review.Outages;
import dev.repofleet.workflows.review.ReviewPaused;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** Of a batch that ends, and so does not continue as new, while a review waits for a person. */
  private static final Duration RECONCILE_SELDOM = Duration.ofMinutes(30);

  /** From then on. A server ends a workflow at 51,200 events; a look is eleven. */
  private static final long MANY_EVENTS = 10_000;

  /** Likewise, of 50 MB; a look names all that are in work, in some 100 bytes each. */
  private static final long MANY_BYTES = 5 << 20;

  private static final TimerOptions RECONCILE_TIMER =
      TimerOptions.newBuilder().setSummary("look for reviews that ended in silence").build();

  private final BatchInput input;
  private final ActivityStubs activities;
  private final boolean searchable;
  private final BatchState state;
  private final TargetPages targets;
  private final ReviewLines reviews;
  private final ReviewChildren children;
  private final BatchNotices notices;

  /** Whether a review is known to have ended without a word. */
  private boolean lookNow;

  /** Those cancelled while others are being started: one of them may not be there to hear it. */
  private final Set<Integer> cancelledMeanwhile = new TreeSet<>();

  /** Targets that are being added; the batch does not end meanwhile. */
  private int adding;

  /** Whether it sees what is in work to its end and starts nothing more. */
  private boolean ending;

  private BatchStatus status = BatchStatus.RUNNING;
  private @Nullable Promise<Void> reconcileTimer;
  private @Nullable BatchStatus shown;
  private String reportUri = "";

  /** Takes up the carried progress before any signal or query is handled. */
  @WorkflowInit
  public ReviewBatchWorkflowImpl(BatchInput input) {
    this.input = input;
    this.activities = new ActivityStubs(new Fleet(input.fleet()), "batch " + input.batch());
    this.searchable = Workflow.getTypedSearchAttributes().containsKey(FleetSearchAttributes.BATCH);
    this.state = new BatchState(input, Workflow.currentTimeMillis());
    this.targets = new TargetPages(activities, state);
    this.reviews = new ReviewLines(input.batch());
    this.children = new ReviewChildren(input, state, searchable, this::ended, () -> lookNow = true);
    this.notices = new BatchNotices(activities, input, state);
  }

  @Override
  public BatchOutcome run(BatchInput same) {
    String reason;
    try {
      if (state.outline() == null) {
        state.planned(
            activities
                .worker()
                .checkWorker(new CheckWorkerInput(input.plan(), input.agent(), input.storeId()))
                .outline());
      }
      admitAdded();
      reviewAll();
      reason = state.stopped();
      status = state.endStatus();
    } catch (TemporalFailure e) {
      throw stopped(e);
    }
    Workflow.newDetachedCancellationScope(() -> finish(reason)).run();
    return new BatchOutcome(status, state.tally(), reportUri);
  }

  /** What a batch was started again with lies anywhere in the store, and readers look by name. */
  private void admitAdded() {
    if (input.progress() == null || Workflow.getInfo().getContinuedExecutionRunId().isPresent()) {
      return;
    }
    for (TargetList.Place added : state.targets().beginnings()) {
      activities
          .batch()
          .admitTargets(new AdmitInput(input.batch(), added.manifest(), added.first()));
    }
  }

  /** Sees the reviews in work to their end, writes what there is, and returns what to throw. */
  private TemporalFailure stopped(TemporalFailure failure) {
    ending = true;
    boolean cancelled = CancellationScope.current().isCancelRequested();
    if (!cancelled) {
      try {
        awaitReviews();
      } catch (CanceledFailure e) {
        cancelled = true;
      }
    }
    if (cancelled) {
      Workflow.newDetachedCancellationScope(this::cancelAll).run();
    }
    status = cancelled ? BatchStatus.CANCELLED : BatchStatus.FAILED;
    String reason = cancelled ? null : StepFailure.of(failure).message();
    if (cancelled || state.outline() != null) {
      finishIfPossible(reason);
    } else {
      notices.tell(NoticeKind.ENDED, status, reason);
    }
    return cancelled ? new CanceledFailure("batch " + input.batch() + " was cancelled") : failure;
  }

  /** Not after a failed check of the worker: its store may not even be the batch's. */
  private void finishIfPossible(@Nullable String reason) {
    try {
      Workflow.newDetachedCancellationScope(() -> finish(reason)).run();
    } catch (TemporalFailure e) {
      log.error("The report of batch {} could not be written", input.batch(), e);
    }
  }

  @Override
  public void ended(RepositoryEnded repository) {
    state.ended(repository);
  }

  @Override
  public void parked(RepositoryParked repository) {
    int before = state.inWork().parkedCount();
    state.parked(repository);
    if (before == 0 && state.inWork().parkedCount() > 0) {
      notices.tell(
          NoticeKind.AWAITS_APPROVAL, status, "a repository waits for a person's approval");
    }
  }

  @Override
  public void held(BatchHold hold) {
    String before = state.held();
    state.hold(hold.reason());
    if (hold.reason() != null && !hold.reason().equals(before)) {
      notices.tell(NoticeKind.HELD, status, hold.reason());
    }
  }

  @Override
  public BatchPaused pause() {
    BatchPaused answer = state.pause(Workflow.currentTimeMillis());
    reviews.paused(state.inWork().all(), pausedNow()).get();
    return answer;
  }

  @Override
  public void checkPause() {
    requireRunning("pause");
    state.checks().pause();
  }

  @Override
  public BatchResumed resume() {
    BatchResumed answer = state.resume(Workflow.currentTimeMillis());
    if (Boolean.TRUE.equals(answer.paused())) {
      reviews.paused(state.inWork().all(), pausedNow()).get();
    }
    return answer;
  }

  @Override
  public void checkResume() {
    requireRunning("resume");
    state.checks().resume();
  }

  @Override
  public BatchSet set(BatchSettings change) {
    if (change.budgetUsd() != null
        && !state.inWork().areAllReserved()
        && Workflow.getVersion("reserves for all", Workflow.DEFAULT_VERSION, 1) >= 1) {
      state.reserveForAll();
    }
    return state.set(change);
  }

  @Override
  public void checkSet(BatchSettings change) {
    requireRunning("set");
    state.checks().set(change);
  }

  @Override
  public RepositoriesRequeued retry(RepositorySelection wanted) {
    return state.retry(wanted);
  }

  @Override
  public void checkRetry(RepositorySelection wanted) {
    requireRunning("retry in");
    state.checks().retry(wanted);
  }

  @Override
  public RepositoriesCancelled cancelRepositories(RepositorySelection wanted) {
    List<RunningRepository> stopping =
        state.inWork().all().stream()
            .filter(repository -> wanted.indices().contains(repository.index()))
            .toList();
    RepositoriesCancelled answer = state.cancel(wanted);
    // None is started in this task: handlers come first, and targets are read before a start.
    cancelledMeanwhile.addAll(wanted.indices());
    reviews.cancel(stopping).get();
    return answer;
  }

  @Override
  public void checkCancelRepositories(RepositorySelection wanted) {
    requireRunning("cancel in");
    state.checks().selection("cancel", wanted);
  }

  @Override
  public TargetsAdded add(TargetsToAdd wanted) {
    adding++;
    try {
      ManifestRef admitted =
          activities
              .batch()
              .admitTargets(
                  new AdmitInput(input.batch(), wanted.manifest(), wanted.expectedTotal()))
              .manifest();
      if (ending && state.outline() == null) {
        // It ends without a report that could name them.
        throw ApplicationFailure.newNonRetryableFailure(
            isEnding("add to"), IllegalStateException.class.getName());
      }
      return state.add(admitted);
    } finally {
      adding--;
    }
  }

  @Override
  public void checkAdd(TargetsToAdd wanted) {
    requireRunning("add to");
    if (adding > 0) {
      throw new IllegalStateException(
          "cannot add to batch " + input.batch() + ": others are being added; try again");
    }
    state.checks().add(wanted);
  }

  private void requireRunning(String verb) {
    if (ending || status != BatchStatus.RUNNING) {
      throw new IllegalStateException(isEnding(verb));
    }
  }

  private String isEnding(String verb) {
    return "cannot "
        + verb
        + " batch "
        + input.batch()
        + " while it is ending: try again in a minute";
  }

  @Override
  public BatchProgress progress() {
    boolean runs = status == BatchStatus.RUNNING;
    return new BatchProgress(
        status,
        state.startedAt(),
        state.targets().count(),
        state.dispatched(),
        state.inWork().all(),
        state.tally(),
        runs ? state.held() : null,
        state.control());
  }

  private void reviewAll() {
    show();
    while (true) {
      // Counted first: filling the window waits, and what ends meanwhile must not be missed.
      int known = state.changes();
      fillWindow();
      if (Workflow.getInfo().isContinueAsNewSuggested()) {
        continueAsNew();
      }
      if (state.inWork().isEmpty() && adding == 0 && (!state.hasMore() || state.stop() != null)) {
        return;
      }
      awaitChange(known);
      show();
    }
  }

  private void fillWindow() {
    List<RunningRepository> started = new ArrayList<>();
    // Also of a batch that is held and has nothing in work: nothing else would notice.
    CancellationScope.throwCanceled();
    long turns = state.turns();
    cancelledMeanwhile.clear();
    while (state.next().isPresent() && !goesOnAnew()) {
      CancellationScope.throwCanceled();
      TargetPage.Row row = targets.next(state.next().getAsInt());
      if (row == null) {
        continue; // something else is next, since the page was asked for
      }
      // Detached: a child of an earlier run can be cancelled by its id alone, so all of them are.
      Workflow.newDetachedCancellationScope(() -> children.start(row)).run();
      started.add(new RunningRepository(row.index(), row.key()));
    }
    children.awaitBegun();
    // Those that were not there yet when the others were told.
    if (state.isPaused() && state.turns() != turns) {
      reviews.paused(started, pausedNow()).get();
    }
    reviews.cancel(
        started.stream().filter(one -> cancelledMeanwhile.contains(one.index())).toList());
  }

  /** Reviews that end as fast as they are started never fill the window. */
  private static boolean goesOnAnew() {
    return Workflow.getInfo().isContinueAsNewSuggested()
        && Workflow.getVersion("fills no further", Workflow.DEFAULT_VERSION, 1) >= 1;
  }

  /** Asks what became of the silent ones. A server that can't be asked now is asked again. */
  private void reconcile() {
    if (state.inWork().isEmpty()) {
      return;
    }
    try {
      ReconcileOutcome found =
          activities
              .batch()
              .reconcile(new ReconcileInput(input.batch(), state.inWork().all(), input.fleet()));
      found.ended().forEach(this::ended);
      found.neverStarted().forEach(state::neverStarted);
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn("The reviews of batch {} could not be looked for", input.batch(), e);
    }
  }

  private void continueAsNew() {
    reconcile();
    Workflow.await(Workflow::isEveryHandlerFinished);
    // The next run does not inherit a cancellation.
    CancellationScope.throwCanceled();
    Workflow.continueAsNew(
        ContinueAsNewOptions.newBuilder()
            .setMemo(Map.of(STARTED_AT_MEMO, state.startedAt()))
            .build(),
        state.continued());
  }

  /** What becomes of them their ends tell; only a great many are waited for to be told. */
  private void cancelAll() {
    // A server refuses what starts a child and cancels it in one task, at every try.
    if (children.areBeginning()
        && Workflow.getVersion("cancelled once begun", Workflow.DEFAULT_VERSION, 1) >= 1) {
      children.awaitBegun();
    }
    reviews.cancel(state.inWork().all());
    awaitReviews();
  }

  private ReviewPaused pausedNow() {
    return new ReviewPaused(state.isPaused(), state.turns());
  }

  private void awaitReviews() {
    while (!state.inWork().isEmpty()) {
      awaitChange(state.changes());
    }
  }

  /** Waits for a change beyond those known; looks for silent ends meanwhile, however busy. */
  private void awaitChange(int known) {
    if (reconcileTimer == null || reconcileTimer.isCompleted()) {
      WorkflowInfo run = Workflow.getInfo();
      boolean mustLast =
          ending && (run.getHistoryLength() > MANY_EVENTS || run.getHistorySize() > MANY_BYTES);
      reconcileTimer =
          Workflow.newTimer(mustLast ? RECONCILE_SELDOM : RECONCILE_EVERY, RECONCILE_TIMER);
    }
    Promise<Void> timer = reconcileTimer;
    Workflow.await(() -> state.changes() > known || lookNow || timer.isCompleted());
    if (lookNow || timer.isCompleted()) {
      lookNow = false;
      reconcile();
    }
  }

  private void finish(@Nullable String reason) {
    if (adding > 0 && Workflow.getVersion("reports all added", Workflow.DEFAULT_VERSION, 1) >= 1) {
      Workflow.await(() -> adding == 0);
    }
    state.end();
    show();
    if (searchable) {
      Workflow.upsertTypedSearchAttributes(
          FleetSearchAttributes.FINDINGS.valueSet((long) state.tally().findings().total()),
          FleetSearchAttributes.COST_USD.valueSet(state.tally().usage().costUsd()));
    }
    BatchReport report =
        new BatchReport(
            state.outline() == null ? input : state.continued(),
            status,
            state.dispatched(),
            state.startedAt(),
            Workflow.currentTimeMillis(),
            reason,
            state.notStarted());
    try {
      // Whoever cancels wants an end.
      reportUri =
          status == BatchStatus.CANCELLED
              ? written(report)
              : Outages.ofReport().outlast(() -> written(report));
    } catch (TemporalFailure e) {
      notices.tell(
          NoticeKind.ENDED,
          status,
          "its report could not be written: " + StepFailure.of(e).message());
      throw e;
    }
    notices.tell(NoticeKind.ENDED, status, reason);
    Workflow.await(Workflow::isEveryHandlerFinished);
  }

  private String written(BatchReport report) {
    return activities
        .reportingBatch(state.targets().count())
        .writeReport(ReportInput.of(report))
        .uri();
  }

  private void show() {
    Workflow.setCurrentDetails(
        BatchPage.now(input.batch(), progress(), state.inWork().parkedCount()));
    if (searchable && shown != status) {
      shown = status;
      Workflow.upsertTypedSearchAttributes(FleetSearchAttributes.STATUS.valueSet(status.code()));
    }
  }
}
