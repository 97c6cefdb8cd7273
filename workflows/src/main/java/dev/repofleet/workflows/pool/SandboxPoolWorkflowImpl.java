package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.pool.Delivery;
import dev.repofleet.workflows.activities.pool.DeliveryOutcome;
import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.EndLeasesOutcome;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.PoolCarry.Warm;
import dev.repofleet.workflows.pool.settings.IdleState;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.progress.BatchHold;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;

/**
 * Feeds a {@link SandboxPool} with what reviews signal and what activities find, and carries out
 * what it decides. Signals change the pool at once and wait for nothing; one coroutine does
 * everything that waits, but for looks, endings and creations, of which one each is under way at a
 * time.
 */
public final class SandboxPoolWorkflowImpl implements SandboxPoolWorkflow {
  private static final Logger log = Workflow.getLogger(SandboxPoolWorkflowImpl.class);

  /** Memo entry: a {@link PoolSettings}. */
  public static final String SETTINGS_MEMO = "settings";

  /** Signals a local activity sends one after the other; the next ones are sent beside it. */
  private static final int A_DELIVERY = 8;

  private static final Duration LOOK_EVERY = Duration.ofSeconds(60);

  /** Where nothing is held or waited for; what a dead fleet left is found yet. */
  private static final Duration LOOK_IDLE = Duration.ofHours(1);

  /**
   * How long a pool that has lost its state gives no permit: permits given before may be used so
   * long after, and what is created then shows up in E2B's list after five seconds more.
   */
  static final Duration LEARNS = Duration.ofMillis(SandboxPool.AHEAD).plusSeconds(5);

  private static final Duration AGAIN = Duration.ofSeconds(10);

  private static final Duration NEXT_TASK = Duration.ofMillis(1);

  private final Fleet fleet;
  private final ActivityStubs activities;
  private final PoolChanges changes = new PoolChanges();
  private SandboxPool pool;

  /** The run that may deliver: after a Reset it is another one, whose state is of before. */
  private String runId = Workflow.getInfo().getOriginalExecutionRunId();

  /** Nothing is granted before the world was looked at: an earlier pool's leases may be there. */
  private boolean knowsTheWorld;

  private boolean hasSettings;
  private boolean changed = true;
  private boolean looking;
  private boolean ending;
  private boolean warming;
  private long lookAt;

  /** When what could not be ended is tried again. */
  private long endAt;

  private long alarmAt = Long.MAX_VALUE;

  /** Takes up what was carried before any signal is handled. */
  @WorkflowInit
  public SandboxPoolWorkflowImpl(PoolInput input) {
    this.fleet = new Fleet(input.fleet());
    this.activities = new ActivityStubs(fleet, "pool of " + fleet.name());
    PoolCarry carry = input.carry();
    PoolSettings settings = input.settings();
    this.hasSettings = settings != null;
    this.knowsTheWorld = carry != null && !carry.learning();
    this.pool =
        new SandboxPool(
            carry == null
                ? PoolCarry.nothing(settings == null ? PoolSettings.DEFAULT : settings)
                : carry,
            SandboxPoolWorkflowImpl::fence,
            changes);
  }

  /** A token that no other lease ever gets, also from a task that is done again. */
  private static String fence(String leaseId) {
    String seed = Workflow.randomUUID() + " " + leaseId;
    return UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8))
        .toString()
        .replace("-", "");
  }

  @Override
  public void run(PoolInput input) {
    lookAt = now() + LOOK_EVERY.toMillis();
    if (!knowsTheWorld) {
      learnTheWorld(input.carry() == null);
    }
    rememberSettings();
    while (true) {
      if (mayContinueAsNew()) {
        // Before anything is decided: a task that fails here has told nobody anything.
        Workflow.continueAsNew(new PoolInput(1, fleet.name(), null, pool.toCarry(!knowsTheWorld)));
      }
      decide();
      deliver();
      startWhatIsDue();
      Workflow.setCurrentDetails(PoolPage.now(status()));
      setAlarm();
      Workflow.await(() -> changed || mayContinueAsNew());
    }
  }

  /**
   * Decides what can be decided now. After each signal, in their order: a task that is done again,
   * since its worker died after people were told, then decides the same for those it knew.
   */
  private void work() {
    if (knowsTheWorld && !Workflow.getInfo().isContinueAsNewSuggested()) {
      pool.work(now());
    }
    changed = true;
  }

  /**
   * Decides what an alarm, a look or an activity's end has changed. Who is told of it is told in a
   * later task: in one that is done again, signals that came since would be decided before, and
   * others get what somebody was told already.
   */
  private void decide() {
    int before = pool.outbox().size();
    work();
    changed = false; // what comes from here on is another round's
    if (pool.outbox().size() > before && changes.test(SandboxPool.TELLS_WHAT_IS_RECORDED)) {
      Workflow.sleep(NEXT_TASK);
    }
  }

  /** Where the run after this one finds them, should this one be terminated. */
  private void rememberSettings() {
    Workflow.upsertMemo(Map.of(SETTINGS_MEMO, pool.settings()));
  }

  private static long now() {
    return Workflow.currentTimeMillis();
  }

  /**
   * Looks until it knows who has what, or another run must go on with that. Where another pool was
   * before, permits of its may still be on their way: only a second look sees what is made of them,
   * and further ones what it had no room for.
   *
   * @param begins whether this is a workflow that has just been started, and no Reset
   */
  private void learnTheWorld(boolean begins) {
    boolean another = !begins;
    boolean more = false;
    while (!knowsTheWorld && !Workflow.getInfo().isContinueAsNewSuggested()) {
      try {
        if (another && !more) {
          Workflow.sleep(LEARNS);
        }
        long before = now();
        PoolInspectionOutcome found =
            activities.pooling().inspectPool(pool.inspection(fleet.name(), begins));
        if (begins && !hasSettings && found.settings() != null) {
          pool.set(found.settings());
        }
        boolean leavesMore = pool.inspected(found, before);
        more = another && leavesMore && changes.test(SandboxPool.LEARNS_OF_ALL);
        boolean isAlone = found.settings() == null && found.strays().isEmpty();
        knowsTheWorld = another ? !more : isAlone;
        if (another) {
          pool.notices().doubt();
        }
        another = true;
      } catch (TemporalFailure e) {
        CancellationScope.throwCanceled();
        log.warn("Neither E2B nor its leases could be looked at; no permit is given until then", e);
        Workflow.sleep(AGAIN);
      }
    }
    lookAt = now() + LOOK_EVERY.toMillis();
  }

  /** Tells reviews and batches; what a Reset has undone is found out first. */
  private void deliver() {
    List<PermitReply> replies = pool.outbox().take();
    List<String> batches = pool.batchesToTell();
    List<Promise<Void>> deliveries = new ArrayList<>();
    for (int from = 0; from < replies.size(); from += A_DELIVERY) {
      List<PermitReply> some = replies.subList(from, Math.min(from + A_DELIVERY, replies.size()));
      deliveries.add(Async.procedure(() -> tellReviews(some)));
    }
    if (!batches.isEmpty()) {
      deliveries.add(Async.procedure(() -> tellBatches(batches)));
    }
    deliveries.forEach(Promise::get);
  }

  private void tellReviews(List<PermitReply> replies) {
    try {
      DeliveryOutcome outcome =
          activities.delivering().deliver(new Delivery(runId, replies, List.of(), null));
      runId = outcome.runId();
      if (!outcome.delivered()) {
        log.warn("This pool was reset: it looks at the world before it gives a permit");
        pool.outbox().notTold(replies, now());
        pool.doubt();
        knowsTheWorld = false;
        lookAt = now();
        return;
      }
      outcome.gone().forEach(pool.outbox()::holderGone);
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn(
          "Some of {} reviews may not know of their permit; they ask again", replies.size(), e);
    }
    pool.outbox().told(replies);
  }

  private void tellBatches(List<String> batches) {
    String hold = pool.hold();
    try {
      activities.delivering().deliver(new Delivery(null, List.of(), batches, new BatchHold(hold)));
      pool.notices().told(batches, hold != null);
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn("Batches could not be told that the pool is held or open; they are told later", e);
    }
  }

  private void startWhatIsDue() {
    if (Workflow.getInfo().isContinueAsNewSuggested()) {
      return; // once all that is under way has ended
    }
    if (!looking && now() >= lookAt) {
      looking = true;
      Async.procedure(this::look);
    }
    if (!ending && now() >= endAt && !pool.ending().isEmpty()) {
      ending = true;
      Async.procedure(this::end);
    }
    if (!warming) {
      Warm warm = pool.warmUp(now());
      if (warm != null) {
        warming = true;
        Async.procedure(() -> warmUp(warm));
      }
    }
  }

  private void look() {
    try {
      if (knowsTheWorld) {
        long before = now();
        pool.inspected(
            activities.pooling().inspectPool(pool.inspection(fleet.name(), false)), before);
      } else {
        learnTheWorld(false);
      }
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn("Neither E2B nor its leases could be looked at; the pool looks again later", e);
    }
    lookAt = now() + (looksOften() ? LOOK_EVERY : LOOK_IDLE).toMillis();
    looking = false;
    changed = true;
  }

  /** Looks also tell who waits: by them alone that is known outside. */
  private boolean looksOften() {
    return pool.holdsAnything()
        || (pool.isWaitedFor()
            && Workflow.getVersion("looks while waited for", Workflow.DEFAULT_VERSION, 1) >= 1);
  }

  private void end() {
    List<EndLeasesInput.Left> left = pool.ending();
    try {
      EndLeasesOutcome outcome =
          activities.pooling().endLeases(new EndLeasesInput(fleet.name(), left, pool.spared()));
      pool.resolved(outcome.resolved(), now());
      endAt = outcome.resolved().size() < left.size() ? now() + AGAIN.toMillis() : 0;
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn("What is left of {} leases could not be ended yet", left.size(), e);
      endAt = now() + AGAIN.toMillis();
    }
    ending = false;
    changed = true;
  }

  private void warmUp(Warm warm) {
    PoolSettings settings = pool.settings();
    try {
      String sandboxId =
          activities
              .pooling()
              .warmUp(
                  new WarmUpInput(
                      fleet.name(),
                      warm.label(),
                      warm.template(),
                      settings.idle(),
                      settings.maxLifetime(),
                      warm.createdAt()))
              .sandboxId();
      pool.stock().arrived(warm, sandboxId, settings.idle() == IdleState.PAUSED, now());
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn("No sandbox of template {} could be made ready", warm.template(), e);
      pool.stock().failed(warm, StepFailure.of(e).cause(), now());
    }
    warming = false;
    changed = true;
  }

  /** One timer for the next moment that matters; those set before for later are left to ring. */
  private void setAlarm() {
    if (Workflow.getInfo().isContinueAsNewSuggested()) {
      return; // what is under way rings by itself
    }
    long now = now();
    if (lookAt > now + LOOK_EVERY.toMillis() && looksOften()) {
      lookAt = now + LOOK_EVERY.toMillis();
    }
    long next = looking ? Long.MAX_VALUE : lookAt;
    if (!ending && !pool.ending().isEmpty()) {
      next = Math.min(next, endAt);
    }
    next = Math.max(now, Math.min(next, pool.nextAt(now)));
    if (next == Long.MAX_VALUE || (next >= alarmAt && alarmAt > now)) {
      return;
    }
    alarmAt = next;
    long at = next;
    Workflow.newTimer(
            Duration.ofMillis(Math.max(1, next - now)),
            TimerOptions.newBuilder().setSummary("look what time has changed").build())
        .thenApply(
            nothing -> {
              if (alarmAt == at) {
                alarmAt = Long.MAX_VALUE;
              }
              changed = true;
              return null;
            });
  }

  private boolean mayContinueAsNew() {
    return Workflow.getInfo().isContinueAsNewSuggested()
        && !looking
        && !ending
        && !warming
        && pool.outbox().isEmpty()
        && Workflow.isEveryHandlerFinished();
  }

  @Override
  public void acquire(LeaseRequest request) {
    pool.acquire(request, now());
    work();
  }

  @Override
  public void ended(LeaseEnded lease) {
    pool.ended(lease, now());
    work();
  }

  @Override
  public void trouble(ProviderTrouble trouble) {
    pool.trouble(trouble, now());
    work();
  }

  @Override
  public PoolSettings set(PoolSettingsChange change) {
    pool.set(pool.settings().with(change));
    hasSettings = true;
    rememberSettings();
    changed = true;
    return pool.settings();
  }

  @Override
  public void checkSet(PoolSettingsChange change) {
    pool.settings().with(change);
  }

  @Override
  public PoolResumed resume() {
    changed = true;
    return new PoolResumed(pool.resume(now()));
  }

  @Override
  public PoolStatus status() {
    return pool.status(fleet.poolWorkflowId(), now());
  }
}
