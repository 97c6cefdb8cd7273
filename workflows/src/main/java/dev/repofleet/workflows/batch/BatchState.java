package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.progress.BatchCarry;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import dev.repofleet.workflows.progress.IndexRange;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RepositoryGeneration;
import dev.repofleet.workflows.progress.RepositoryParked;
import dev.repofleet.workflows.progress.RequeuedRepository;
import dev.repofleet.workflows.progress.RunningRepository;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a batch stands, and which repository comes next: every decision of a batch, without any
 * effect. What it keeps grows with the window and with what did not go well, not with the number of
 * targets. Not thread-safe.
 *
 * <p>A target is queued, running, ended, or waits to be reviewed once more, which raises its
 * generation; each end of the generation in work counts once.
 */
final class BatchState {
  private final BatchInput input;
  private final long startedAt;
  private final TargetList targets;
  private final RepositoriesInWork inWork;
  private final Map<Integer, RepositoryStatus> again = new LinkedHashMap<>();
  private final Map<Integer, Integer> generations = new TreeMap<>();
  private final EndedTargets incomplete;

  /** Those that are passed over when their turn comes: people cancelled them before. */
  private final IndexSet passedOver;

  private int window;
  private BatchLimits limits;
  private int dispatched;
  private BatchTally tally;
  private @Nullable PlanOutline outline;
  private @Nullable String held;
  private boolean paused;
  private long turns;
  private int changes;

  /** Takes up what the input carries. */
  BatchState(BatchInput input, long now) {
    this.input = input;
    this.window = input.window();
    this.limits = input.limits();
    this.targets = new TargetList(input.manifest());
    BatchCarry carry = input.progress();
    this.startedAt = carry == null ? now : carry.startedAt();
    this.tally = carry == null ? BatchTally.NONE : carry.tally();
    this.passedOver = carry == null ? IndexSet.of(List.of()) : IndexSet.of(carry.passedOver());
    this.incomplete = new EndedTargets(carry == null ? Map.of() : carry.incomplete());
    this.inWork =
        carry == null
            ? new RepositoriesInWork(List.of(), List.of())
            : new RepositoriesInWork(carry.running(), carry.parked());
    if (carry != null) {
      takeUp(carry);
    }
  }

  private void takeUp(BatchCarry carry) {
    outline = carry.outline();
    dispatched = carry.dispatched();
    held = carry.held();
    paused = carry.paused();
    turns = carry.turns();
    carry.added().forEach(targets::add);
    carry.again().forEach(requeued -> again.put(requeued.index(), requeued.status()));
    carry.generations().forEach(known -> generations.put(known.index(), known.generation()));
  }

  /** Rises with each change that may let something begin or end, or that people should see. */
  int changes() {
    return changes;
  }

  /** What the workflow must know of the plan; absent until a worker has told it. */
  @Nullable PlanOutline outline() {
    return outline;
  }

  void planned(PlanOutline known) {
    outline = known;
  }

  private PlanOutline requireOutline() {
    if (outline == null) {
      throw new IllegalStateException("the plan of batch " + input.batch() + " is not known yet");
    }
    return outline;
  }

  private Budget budget() {
    return new Budget(limits.budgetUsd(), tally.usage().costUsd(), reservedUsd());
  }

  private double reservedUsd() {
    return limits.budgetUsd() == null ? 0 : inWork.reservedUsd();
  }

  private boolean isAffordable() {
    return budget().affords(requireOutline().budgetUsd());
  }

  long startedAt() {
    return startedAt;
  }

  BatchLimits limits() {
    return limits;
  }

  TargetList targets() {
    return targets;
  }

  int dispatched() {
    return dispatched;
  }

  BatchTally tally() {
    return tally;
  }

  RepositoriesInWork inWork() {
    return inWork;
  }

  boolean isPaused() {
    return paused;
  }

  /** When it was last paused or resumed, milliseconds: orders what reviews are told of it. */
  long turns() {
    return turns;
  }

  @Nullable String held() {
    return held;
  }

  // -- what comes next ------------------------------------------------------------------------

  /** Whether something is left that was not started. */
  boolean hasMore() {
    return !again.isEmpty() || nextQueued() < targets.count();
  }

  /** Why nothing more is started although there is more; absent while something may be. */
  @Nullable BatchStop stop() {
    if (!hasMore()) {
      return null;
    }
    if (limits.reachedBy(tally.count(RepositoryStatus.FAILED), tally.ended())) {
      return BatchStop.FAILURES;
    }
    return inWork.isEmpty() && outline != null && !isAffordable() ? BatchStop.BUDGET : null;
  }

  /** The target to start now; empty while none may be. */
  OptionalInt next() {
    boolean open = held == null && !paused && inWork.workingCount() < window;
    if (!open || !hasMore() || stop() != null || !isAffordable()) {
      return OptionalInt.empty();
    }
    // What people asked for again comes before what nobody has waited for yet.
    return OptionalInt.of(again.isEmpty() ? nextQueued() : again.keySet().iterator().next());
  }

  private int nextQueued() {
    int next = dispatched;
    while (passedOver.contains(next)) {
      next++;
    }
    return next;
  }

  /**
   * The target is started.
   *
   * @param index that {@link #next} named
   * @param capUsd most that it may cost by its plan
   * @return what it may cost by the batch's budget; absent without one
   */
  @Nullable Double started(int index, String key, double capUsd) {
    if (again.remove(index) != null) {
      generations.merge(index, 1, Integer::sum);
    } else {
      dispatched = index + 1;
    }
    RunningRepository repository =
        new RunningRepository(index, key, budget().share(capUsd), generation(index));
    inWork.add(repository, capUsd);
    changes++;
    return repository.reservedUsd();
  }

  /** How often people asked for the target again. */
  int generation(int index) {
    return generations.getOrDefault(index, 0);
  }

  // -- what reviews tell ----------------------------------------------------------------------

  /** An end that is told twice, or too late, changes nothing. */
  void ended(RepositoryEnded end) {
    int index = end.index();
    if (end.generation() != generation(index) || !inWork.remove(index)) {
      return;
    }
    tally = tally.plus(end);
    incomplete.add(index, end.status());
    changes++;
  }

  void parked(RepositoryParked repository) {
    if (inWork.contains(repository.index())) {
      inWork.park(repository.index(), repository.parked());
      changes++;
    }
  }

  /**
   * A generation did not begin, since the review before it was still closing: it waits again, and
   * counts as it did.
   */
  void neverStarted(RunningRepository repository) {
    int index = repository.index();
    if (repository.generation() > 0
        && repository.generation() == generation(index)
        && inWork.remove(index)) {
      generations.merge(index, -1, Integer::sum);
      again.put(index, RepositoryStatus.FAILED);
      changes++;
    }
  }

  // -- what people and the pool want ----------------------------------------------------------

  void hold(@Nullable String reason) {
    held = reason;
    changes++;
  }

  /** What of it may not be done as the batch stands. */
  UpdateChecks checks() {
    return new UpdateChecks(this, input.batch());
  }

  BatchPaused pause(long now) {
    checks().pause();
    paused = true;
    turns = Math.max(turns + 1, now);
    changes++;
    return new BatchPaused(inWork.workingCount(), queued());
  }

  BatchResumed resume(long now) {
    checks().resume();
    BatchResumed answer = new BatchResumed(held, paused);
    held = null;
    turns = paused ? Math.max(turns + 1, now) : turns;
    paused = false;
    changes++;
    return answer;
  }

  /** As if what is in work had begun with a budget. */
  void reserveForAll() {
    inWork.reserve(requireOutline().budgetUsd());
  }

  BatchSet set(BatchSettings change) {
    checks().set(change);
    BatchSettings before = settings();
    window = change.window() == null ? window : change.window();
    limits = change.budgetUsd() == null ? limits : limits.withBudget(change.budgetUsd());
    changes++;
    return new BatchSet(before, settings(), tally.usage().costUsd(), reservedUsd(), inWork.count());
  }

  /** More targets, behind those there are. */
  TargetsAdded add(ManifestRef manifest) {
    targets.add(manifest);
    changes++;
    return new TargetsAdded(manifest.count(), targets.count());
  }

  RepositoriesRequeued retry(RepositorySelection wanted) {
    checks().selection("retry", wanted);
    Set<Integer> chosen = new TreeSet<>(wanted.indices());
    if (wanted.incomplete()) {
      incomplete.forEachIncomplete(chosen::add);
    }
    int requeued = 0;
    for (int index : chosen) {
      if (hasEnded(index)) {
        RepositoryStatus status = incomplete.remove(index);
        tally = tally.discounting(status);
        again.put(index, status);
        requeued++;
      }
    }
    changes++;
    return new RepositoriesRequeued(requeued, chosen.size() - requeued);
  }

  /** Each target that people asked for again, now or before; carried one by one. */
  Set<Integer> askedAgain() {
    Set<Integer> asked = new TreeSet<>(generations.keySet());
    asked.addAll(again.keySet());
    return asked;
  }

  EndedTargets incomplete() {
    return incomplete;
  }

  boolean hasIncomplete() {
    return !incomplete.areAllComplete();
  }

  private boolean hasEnded(int index) {
    return (index < dispatched || passedOver.contains(index))
        && !inWork.contains(index)
        && !again.containsKey(index);
  }

  /** What is cancelled before it began counts as ended; those in work must be told. */
  RepositoriesCancelled cancel(RepositorySelection wanted) {
    checks().selection("cancel", wanted);
    int stopping = 0;
    int dropped = 0;
    Set<Integer> chosen = new TreeSet<>(wanted.indices());
    for (int index : chosen) {
      if (inWork.contains(index)) {
        stopping++;
      } else if (drop(index)) {
        dropped++;
      }
    }
    changes++;
    return new RepositoriesCancelled(stopping, dropped, chosen.size() - stopping - dropped);
  }

  private boolean drop(int index) {
    RepositoryStatus before = again.remove(index);
    if (before != null) {
      endedIn(index, before);
      return true;
    }
    if (index >= dispatched && passedOver.add(index)) {
      endedIn(index, RepositoryStatus.CANCELLED);
      return true;
    }
    return false;
  }

  private void endedIn(int index, RepositoryStatus status) {
    tally = tally.counting(status);
    incomplete.add(index, status);
  }

  // -- ends and answers -----------------------------------------------------------------------

  /** A person knows of the failures and wants more all the same. */
  void forgetFailureLimit() {
    limits = new BatchLimits(limits.budgetUsd(), null, null);
  }

  /** What was not started is not wanted any more, unless somebody asks for it by name. */
  void closeRest() {
    int total = targets.count();
    for (int index = nextQueued(); index < total; index = nextQueued()) {
      drop(index);
      dispatched = index + 1;
    }
    dispatched = total;
    changes++;
  }

  /** What waits to be reviewed once more stays as it had ended. */
  void end() {
    again.forEach(this::endedIn);
    again.clear();
    changes++;
  }

  BatchStatus endStatus() {
    BatchStop stop = stop();
    if (stop != null) {
      return stop.status();
    }
    return tally.count(RepositoryStatus.COMPLETE) + tally.count(RepositoryStatus.SKIPPED_UNCHANGED)
            == targets.count()
        ? BatchStatus.COMPLETE
        : BatchStatus.FINISHED_WITH_FAILURES;
  }

  /** Why nothing more is started, in a sentence for people; absent while something may be. */
  @Nullable String stopped() {
    BatchStop stop = stop();
    if (stop == null) {
      return null;
    }
    return switch (stop) {
      case BUDGET -> budget().sentence();
      case FAILURES ->
          tally.count(RepositoryStatus.FAILED)
              + " of "
              + tally.ended()
              + " repositories that ended have failed, which is where the batch was to stop";
    };
  }

  int queued() {
    return targets.count() - tally.ended() - inWork.count();
  }

  private BatchSettings settings() {
    return new BatchSettings(window, limits.budgetUsd());
  }

  BatchControl control() {
    IndexSet waiting = IndexSet.of(List.of());
    again.keySet().forEach(waiting::add);
    return new BatchControl(
        paused, settings(), reservedUsd(), waiting.ranges(), notStarted(), stopped());
  }

  /** Whom people cancelled before they began, and nobody asked for since. */
  List<IndexRange> notStarted() {
    IndexSet never = IndexSet.of(passedOver.ranges());
    generations.keySet().forEach(never::remove);
    again.keySet().forEach(never::remove);
    return never.ranges();
  }

  /** The input of a run that goes on from here. */
  BatchInput continued() {
    return input.continued(
        window,
        limits,
        new BatchCarry(
            startedAt,
            requireOutline(),
            dispatched,
            inWork.allReserved(requireOutline().budgetUsd()),
            tally,
            inWork.parked(),
            held,
            paused,
            turns,
            targets.added(),
            again.entrySet().stream()
                .map(each -> new RequeuedRepository(each.getKey(), each.getValue()))
                .toList(),
            generations.entrySet().stream()
                .map(each -> new RepositoryGeneration(each.getKey(), each.getValue()))
                .toList(),
            incomplete.ranges(),
            passedOver.ranges()));
  }
}
