package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.WorkflowMetrics;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.pool.AcquireInput;
import dev.repofleet.workflows.activities.pool.PoolNews;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The review's side of the pool: asks for the permit of a lease, hears what the pool says, and
 * gives back what it did not ask for. Confined to its workflow.
 *
 * <p>A Reset of the review brings the permits of its earlier run again, and that run may have ended
 * them since. So a permit counts only when it is for the run that takes it.
 */
final class Permit {
  private static final Logger log = Workflow.getLogger(Permit.class);

  /** A lost signal, a lost pool heal within it. */
  private static final Duration ASK_EVERY = Duration.ofSeconds(60);

  /** After so many, a week in the line must not fill the history. */
  private static final int ASKED_OFTEN = 60;

  /** Well below the five minutes after which the pool takes the silent for ended. */
  private static final Duration ASK_LATER_EVERY = Duration.ofMinutes(3);

  /** Whether the batch still wants the repository is asked every so many. */
  private static final int BEHIND_THE_GATE = 30;

  private static final Duration A_MOMENT = Duration.ofSeconds(1);

  private static final Duration LONGEST_WISH = Duration.ofMinutes(10);

  /** So many answers to an earlier run are asked about at once, and the others in a minute. */
  private static final int MOST_RESETS = 10;

  private final ReviewInput input;
  private final ActivityStubs activities;
  private final Gate gate;

  /** Tokens of the permits that were taken: the pool may say each of them several times. */
  private final List<String> taken = new ArrayList<>();

  /** What the pool is being asked for. */
  private @Nullable LeaseRequest waiting;

  private @Nullable PermitReply answer;

  /** Whether what is waited for was asked for by a run before a Reset: its answer went there. */
  private boolean resetSince;

  private int resets;

  /** The lease whose sandbox was returned to the pool, to be used again. */
  private @Nullable String returned;

  /** The lease that is there: permitted, parked, or being ended. */
  private @Nullable String lease;

  private @Nullable String parkedSandboxId;
  private @Nullable String givenSandboxId;
  private boolean askedBack;

  /** Leases that have ended here: a permit for one of them is nobody's. */
  private final Set<String> over = new TreeSet<>();

  Permit(ReviewInput input, ActivityStubs activities, Gate gate) {
    this.input = input;
    this.activities = activities;
    this.gate = gate;
  }

  /** From now on this lease is the review's one; it has no permit yet. */
  void begins(String leaseId) {
    lease = leaseId;
    parkedSandboxId = null;
    askedBack = false;
  }

  /** Waits for the permit of the lease that is there, for a sandbox that runs once it has it. */
  PermitReply acquire(int priority) {
    return await(priority, null, false).orElseThrow();
  }

  /**
   * Waits for the permit to wake the sandbox that is parked.
   *
   * @param mayGiveBack whether the review can do without that sandbox
   * @return empty when the pool wants it back instead; it is not woken then
   */
  Optional<PermitReply> acquireAgain(String sandboxId, boolean mayGiveBack) {
    parkedSandboxId = sandboxId;
    Optional<PermitReply> permit =
        mayGiveBack && askedBack
            ? Optional.empty()
            : await(LeaseRequest.GOES_ON, sandboxId, mayGiveBack);
    if (permit.isPresent()) {
      parkedSandboxId = null;
      askedBack = false;
    }
    return permit;
  }

  private LeaseRequest request(int priority, @Nullable String sandboxId) {
    Target target = input.target();
    String repository = target.path() == null ? target.repository() : target.path();
    if (repository == null) {
      repository = target.url() == null ? target.name() : target.url();
    }
    return new LeaseRequest(
        held(),
        Workflow.getInfo().getWorkflowId(),
        runNow(),
        input.batch(),
        priority,
        input.outline().template(),
        repository,
        sandboxId);
  }

  private String held() {
    if (lease == null) {
      throw new IllegalStateException("the review of " + input.key() + " has no lease");
    }
    return lease;
  }

  /** For what is told alone: a replay after a Reset sees another than its history was made by. */
  private static String runNow() {
    return Workflow.getInfo().getRunId();
  }

  /**
   * The run that hears this, the same in every replay. A marker for each permit; a mutable side
   * effect would be one for each run, but where it records nothing a local activity right behind it
   * is not found again in a replay (seen with a real server, SDK 1.38.0).
   */
  private static String runThatHears() {
    return Workflow.sideEffect(String.class, () -> Workflow.getInfo().getRunId());
  }

  private Optional<PermitReply> await(
      int priority, @Nullable String sandboxId, boolean mayGiveBack) {
    answer = null;
    long begins = Workflow.currentTimeMillis();
    try {
      for (int asked = 1; ; asked++) {
        resetSince = false;
        LeaseRequest request = request(priority, sandboxId);
        waiting = request;
        activities.telling().acquirePermit(new AcquireInput(input.fleet(), request));
        boolean heard = heard(asked < ASKED_OFTEN ? ASK_EVERY : ASK_LATER_EVERY, mayGiveBack);
        PermitReply granted = answer;
        if (granted != null) {
          WorkflowMetrics.permitWaited(Workflow.currentTimeMillis() - begins);
          if (asked > 1) {
            gate.check(); // what was waited for may not be wanted any more
          }
          return Optional.of(take(granted));
        }
        if (askedBack && mayGiveBack) {
          return Optional.empty();
        }
        if (!heard && asked % BEHIND_THE_GATE == 0) {
          gate.check();
        }
      }
    } finally {
      PermitReply dropped = answer;
      if (dropped != null && dropped.fence() != null && !taken.contains(dropped.fence())) {
        givenSandboxId = dropped.sandboxId();
      }
      waiting = null;
      answer = null;
    }
  }

  /** Waits for the pool's word. False when it is time to ask again. */
  private boolean heard(Duration atMost, boolean mayGiveBack) {
    Duration wait = atMost;
    while (true) {
      Clock clock = new Clock(wait, "asks the pool again");
      Workflow.await(
          () -> answer != null || resetSince || (askedBack && mayGiveBack) || clock.isOver());
      clock.stop();
      CancellationScope.throwCanceled();
      PermitReply said = answer;
      if (said == null || said.kind() == PermitReply.Kind.GRANTED) {
        return said != null || resetSince || (askedBack && mayGiveBack);
      }
      answer = null;
      Duration wish = Duration.ofSeconds(Math.max(1, said.askAgainAfterSeconds()));
      wait = wish.compareTo(LONGEST_WISH) > 0 ? LONGEST_WISH : wish;
    }
  }

  private PermitReply take(PermitReply granted) {
    givenSandboxId = granted.sandboxId();
    if (granted.fence() != null) {
      taken.add(granted.fence());
    }
    return granted;
  }

  /** The pool says something; at any time, and maybe twice. */
  void hear(PermitReply reply) {
    boolean current = reply.leaseId().equals(lease);
    switch (reply.kind()) {
      case GRANTED -> granted(reply, current);
      case ASK_AGAIN -> {
        if (waitsFor(reply) && answer == null) {
          answer = reply;
        }
      }
      case GIVE_BACK -> askedBack |= current;
    }
  }

  private boolean waitsFor(PermitReply reply) {
    return waiting != null && waiting.leaseId().equals(reply.leaseId());
  }

  private void granted(PermitReply reply, boolean current) {
    if (reply.fence() != null && taken.contains(reply.fence())) {
      return; // said once more
    }
    if (!reply.runId().equals(runThatHears())) {
      // A Reset brings it again. Nothing is told: this run has, or will have, leases of that name.
      resetSince |= waiting != null && resets++ < MOST_RESETS;
      return;
    }
    if (waitsFor(reply)) {
      answer = reply;
    } else if (!current && over.contains(reply.leaseId())) {
      log.warn("The pool gave a permit for {} that nobody waits for", reply.leaseId());
      // What was returned is nobody's to end: it may be used again already.
      boolean nothing = reply.leaseId().equals(returned) && reply.sandboxId() == null;
      tellDetached(
          new LeaseEnded(
              reply.leaseId(),
              reply.runId(),
              nothing ? LeaseEnded.How.RELEASED : LeaseEnded.How.UNRESOLVED,
              null,
              null,
              reply.fence()));
    } else if (current && parkedSandboxId != null) {
      parkAgain(reply);
    }
  }

  /**
   * A task that is done again hears the answer before it asks once more, so a moment tells whether
   * the permit is wanted after all.
   */
  private void parkAgain(PermitReply reply) {
    Workflow.sleep(A_MOMENT);
    String parked = parkedSandboxId;
    boolean wanted = waiting != null || taken.contains(String.valueOf(reply.fence()));
    if (parked != null && !wanted && reply.leaseId().equals(lease)) {
      tellDetached(
          new LeaseEnded(
              reply.leaseId(), reply.runId(), LeaseEnded.How.PARKED, parked, null, reply.fence()));
    }
  }

  /** E2B has refused what the permit was for. */
  void refused(Cause cause, @Nullable Long retryAfterSeconds) {
    LeaseEnded.How how =
        cause == Cause.SANDBOX_QUOTA ? LeaseEnded.How.REFUSED_QUOTA : LeaseEnded.How.REFUSED_RATE;
    tell(new LeaseEnded(held(), runNow(), how, null, retryAfterSeconds, fence()));
  }

  /** Of the permit that was taken last; absent when none was. */
  @Nullable String fence() {
    return taken.isEmpty() ? null : taken.get(taken.size() - 1);
  }

  /**
   * The warm sandbox that came with the latest permit, also with one that was not wanted any more;
   * absent when none did. It has the labels of another lease.
   */
  @Nullable String givenSandboxId() {
    return givenSandboxId;
  }

  /** The sandbox is about to be paused: what the pool says from now on is about that. */
  void parks() {
    askedBack = false;
  }

  /** It is paused, and the pool has the permit back. */
  void parked(String sandboxId) {
    parkedSandboxId = sandboxId;
  }

  /** Whether the pool wants the parked sandbox back. */
  boolean isAskedBack() {
    return askedBack;
  }

  /** Nothing is left of the lease, as far as the pool was told by the one who saw to it. */
  void ended(boolean toBeUsedAgain) {
    if (toBeUsedAgain) {
      returned = lease;
    }
    if (lease != null) {
      over.add(lease);
    }
    lease = null;
    parkedSandboxId = null;
    givenSandboxId = null;
    askedBack = false;
  }

  /** It is not known what is left of the lease. */
  void unresolved(String leaseId, @Nullable String sandboxId) {
    tellDetached(new LeaseEnded(leaseId, runNow(), LeaseEnded.How.UNRESOLVED, sandboxId, null));
  }

  /** The model's provider refuses, which is everybody's business. */
  void trouble(TurnOutcome outcome, long turnBegan) {
    ProviderTrouble trouble =
        new ProviderTrouble(
            Objects.requireNonNull(outcome.cause(), "cause"),
            outcome.retryAfterSeconds(),
            outcome.resetAt(),
            turnBegan);
    activities.telling().tellPool(new PoolNews(input.fleet(), null, trouble));
  }

  private void tell(LeaseEnded news) {
    activities.telling().tellPool(new PoolNews(input.fleet(), news, null));
  }

  /** Also of a review that is cancelled. What can't be told the pool finds out by itself. */
  private void tellDetached(LeaseEnded news) {
    try {
      Workflow.newDetachedCancellationScope(() -> tell(news)).run();
    } catch (TemporalFailure e) {
      log.warn("The pool could not be told of {}", news.leaseId(), e);
    }
  }

  /** A timer that leaves nothing behind when it is not waited for any more. */
  private static final class Clock {
    private final CancellationScope scope;
    private @Nullable Promise<Void> timer;

    private Clock(Duration time, String summary) {
      scope =
          Workflow.newCancellationScope(
              () ->
                  timer =
                      Workflow.newTimer(
                          time, TimerOptions.newBuilder().setSummary(summary).build()));
      scope.run();
    }

    private void stop() {
      if (!isOver()) {
        scope.cancel();
      }
    }

    private boolean isOver() {
      return timer == null || timer.isCompleted();
    }
  }
}
