package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.activities.EndLeasesInput;
import dev.repofleet.workflows.activities.PoolInspection;
import dev.repofleet.workflows.activities.PoolInspectionOutcome;
import dev.repofleet.workflows.pool.PoolCarry.Held;
import dev.repofleet.workflows.pool.PoolCarry.Parked;
import dev.repofleet.workflows.pool.PoolCarry.Unresolved;
import dev.repofleet.workflows.pool.PoolCarry.Waiting;
import dev.repofleet.workflows.pool.PoolCarry.Warm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a pool knows and decides: who gets a permit and when, and what must be ended. It asks nobody
 * and waits for nothing; times are milliseconds since the epoch, given by the caller. Not
 * thread-safe.
 *
 * <p>A place is taken from the grant of a permit until E2B has confirmed that its sandbox is gone
 * or paused. So leased, being created and unresolved together are never more than the maximum.
 */
final class SandboxPool {
  /** Permits are given this long before their slot, so that the way to the holder costs nothing. */
  static final long AHEAD = 10_000;

  /** Holders ask again every minute; who was silent for so long has ended. */
  static final long SILENT = Duration.ofMinutes(5).toMillis();

  /** While something gives way: how often to look whether it has risen. */
  private static final long RISE = 30_000;

  private static final long ASK_AGAIN_SECONDS = 120;

  private final Supplier<String> fences;
  private final WaitingLine line;
  private final LeaseBook leases;
  private final CreateSlots slots;
  private final AccountLimit account;
  private final ProviderHealth provider;
  private final WarmShelf shelf;
  private final WorldComparison comparison;
  private final List<PermitReply> replies = new ArrayList<>();

  /** Batches that know that the pool is held. */
  private final Set<String> told;

  private PoolSettings settings;
  private long freedAt;

  /**
   * A pool that goes on from what an earlier one took along.
   *
   * @param fences gives a fresh token for each permit
   */
  SandboxPool(PoolCarry carry, Supplier<String> fences) {
    this.fences = fences;
    this.settings = carry.settings();
    this.line = new WaitingLine(carry.waiting(), carry.passed());
    this.leases = new LeaseBook(carry);
    this.slots = new CreateSlots(settings.createRate(), carry.rate());
    this.account = new AccountLimit(settings.maximumPoolSize(), carry.account());
    this.provider = new ProviderHealth(carry.provider(), carry.providerHold());
    this.shelf = new WarmShelf(carry.warm());
    this.told = new TreeSet<>(carry.told());
    this.comparison = new WorldComparison(line, leases, shelf, fences, carry);
  }

  /** A review asks, or asks again. What is being ended must be gone before its lease goes on. */
  void acquire(LeaseRequest request, long now) {
    Held has = leases.held(request.leaseId());
    if (has != null) {
      if (!has.request().runId().equals(request.runId())) {
        has = has.movedTo(request, fences.get());
        leases.hold(has);
      }
      replies.add(has.reply(keeps()));
    } else if (!leases.isEnding(request.leaseId()) && !line.add(request, now)) {
      replies.add(PermitReply.askAgain(request, ASK_AGAIN_SECONDS));
    }
  }

  private boolean keeps() {
    return settings.reuse() == Reuse.REPOSITORY;
  }

  /** A permit comes back, or a place in the line is given up. */
  void ended(LeaseEnded lease, long now) {
    String id = lease.leaseId();
    Held has = leases.held(id);
    if (has != null && lease.runId().equals(has.before())) {
      return; // of a run before a Reset
    }
    comparison.ended(id);
    switch (lease.how()) {
      case RELEASED -> {
        line.remove(id);
        leases.forget(id);
        freedAt = now;
      }
      case PARKED -> park(id, lease.sandboxId(), now);
      case REFUSED_QUOTA, REFUSED_RATE -> refused(lease, now);
      case UNRESOLVED -> {
        line.remove(id);
        leases.end(id, lease.sandboxId());
      }
      case RETURNED -> returned(id, lease.sandboxId(), now);
    }
  }

  private void park(String id, @Nullable String sandboxId, long now) {
    Held has = leases.takeBack(id);
    if (has != null && sandboxId != null) {
      leases.park(new Parked(has.request(), sandboxId, now, false));
      freedAt = now;
      leases.askBack(settings.maxPaused()).forEach(one -> replies.add(PermitReply.giveBack(one)));
    }
  }

  private void refused(LeaseEnded lease, long now) {
    Held has = leases.takeBack(lease.leaseId());
    if (has == null) {
      return;
    }
    if (lease.how() == LeaseEnded.How.REFUSED_QUOTA) {
      account.refused(now, places(), freedAt);
    } else {
      Long after = lease.retryAfterSeconds();
      slots.refused(now, after == null ? 0 : after * 1000);
    }
    line.addFirst(has.request(), now);
  }

  private void returned(String id, @Nullable String sandboxId, long now) {
    Held has = leases.held(id);
    String repository = has == null ? null : has.request().repository();
    if (has == null || repository == null || sandboxId == null || !keeps()) {
      leases.end(id, sandboxId);
      return;
    }
    leases.takeBack(id);
    shelf.put(new Warm(id, sandboxId, has.request().template(), repository, false, now, now));
  }

  /** The model's provider refuses somebody. */
  void trouble(ProviderTrouble trouble, long now) {
    provider.refused(now, leases.heldCount(), trouble);
  }

  /** A person has mended what the provider refused. Returns what it was, if the pool was held. */
  @Nullable String resume() {
    return provider.resume();
  }

  void set(PoolSettings changed) {
    settings = changed;
    slots.set(changed.createRate());
    account.set(changed.maximumPoolSize());
  }

  PoolSettings settings() {
    return settings;
  }

  /** Does what the time allows: limits rise, permits are given, what is spent is ended. */
  void work(long now) {
    slots.tick(now);
    account.tick(now);
    provider.tick(now, settings.maximumPoolSize());
    line.dropSilentSince(now - SILENT);
    shelf.takeSpent(now, settings).forEach(this::end);
    while (isOpen(now) && grantNext(now)) {
      // The next in the line.
    }
  }

  private boolean isOpen(long now) {
    return provider.hold() == null && now >= closedUntil();
  }

  private long closedUntil() {
    return Math.max(provider.closedUntil(), account.closedUntil());
  }

  /** False when nobody can be served now. */
  private boolean grantNext(long now) {
    LeaseRequest next = line.peek();
    if (next == null || leases.heldCount() >= limit()) {
      return false;
    }
    Warm warm = shelf.find(next);
    boolean runs = warm != null && !warm.paused();
    if (!runs && places() >= limit()) {
      makeRoom();
      return false;
    }
    if (!runs && slots.next(now) > now + AHEAD) {
      return false;
    }
    Waiting served = line.take();
    if (warm != null) {
      shelf.remove(warm.label());
    }
    boolean fresh = warm == null && !served.tried() && !leases.isParked(next.leaseId());
    Held given =
        new Held(
            next,
            fences.get(),
            runs ? now : slots.take(now),
            warm == null ? null : warm.sandboxId(),
            null,
            fresh,
            false);
    leases.hold(given);
    replies.add(given.reply(keeps()));
    return true;
  }

  /** A warm sandbox that nobody here can use gives its place; one is enough for one who waits. */
  private void makeRoom() {
    Warm victim = leases.unresolvedCount() > 0 ? null : shelf.oldestRunning();
    if (victim != null) {
      shelf.remove(victim.label());
      end(victim);
    }
  }

  private void end(Warm warm) {
    leases.end(new Unresolved(warm.label(), warm.sandboxId(), !warm.paused()));
  }

  /** The next sandbox to have ready, which is on its way from now on; absent when there is none. */
  @Nullable Warm warmUp(long now) {
    if (!line.isEmpty() || !isOpen(now) || places() >= limit() || slots.next(now) > now + AHEAD) {
      return null;
    }
    for (Map.Entry<String, Integer> wanted : settings.minimumIdle().entrySet()) {
      if (shelf.ready(wanted.getKey()) < wanted.getValue()) {
        Warm warm =
            new Warm(
                "warm:" + fences.get(), null, wanted.getKey(), null, false, slots.take(now), now);
        shelf.put(warm);
        return warm;
      }
    }
    return null;
  }

  /** It is there, paused where the settings want that. */
  void warmed(Warm warm, String sandboxId, boolean paused, long now) {
    shelf.put(new Warm(warm.label(), sandboxId, warm.template(), null, paused, now, now));
  }

  /** It could not be created, or it is not known. */
  void notWarmed(Warm warm, long now) {
    shelf.remove(warm.label());
    end(warm);
    slots.refused(now, RISE);
  }

  /** Holders that were told of their permit, or may have been. */
  void told(List<PermitReply> delivered) {
    delivered.forEach(one -> leases.told(one.leaseId()));
  }

  /** A holder that had ended before it could be told for the first time. */
  void holderGone(String leaseId) {
    Held has = leases.held(leaseId);
    if (has != null && has.fresh()) {
      leases.forget(leaseId);
    }
  }

  /**
   * A permit that nobody was told of goes back to the line: the pool must learn something first.
   */
  void forgetUntold(String leaseId, long now) {
    Held has = leases.held(leaseId);
    if (has != null && has.fresh()) {
      leases.takeBack(leaseId);
      line.addFirst(has.request(), now);
    }
  }

  /** Takes what reviews are to be told. */
  List<PermitReply> takeReplies() {
    List<PermitReply> taken = List.copyOf(replies);
    replies.clear();
    return taken;
  }

  /** Batches that do not know yet that the pool is held, or is not any more. */
  List<String> batchesToTell() {
    if (provider.hold() == null) {
      return List.copyOf(told);
    }
    Set<String> batches = new TreeSet<>(line.batches());
    batches.addAll(leases.batches());
    batches.removeAll(told);
    return List.copyOf(batches);
  }

  /** They know now. */
  void batchesTold(List<String> batches, boolean held) {
    if (held) {
      told.addAll(batches);
    } else {
      batches.forEach(told::remove);
    }
  }

  /** Why no permit is given until a person resumes; absent while permits are given. */
  @Nullable String hold() {
    return provider.hold();
  }

  List<EndLeasesInput.Left> ending() {
    return leases.ending();
  }

  /** E2B has confirmed that nothing is left of these. */
  void resolved(List<String> gone, long now) {
    gone.stream().filter(leases::isEnding).forEach(leases::forget);
    freedAt = now;
  }

  /** What the world is to be compared with. */
  PoolInspection inspection(String fleet, boolean poolBegins) {
    return comparison.begin(fleet, poolBegins);
  }

  /**
   * Takes up what a look at the world found.
   *
   * @param lookedAt when the look began
   */
  void inspected(PoolInspectionOutcome found, long lookedAt) {
    replies.addAll(comparison.end(found, lookedAt, keeps()));
  }

  private int places() {
    return leases.places() + shelf.places() + comparison.strays();
  }

  private int limit() {
    return Math.min(settings.maximumPoolSize(), Math.min(account.limit(), provider.limit()));
  }

  /** Whether there is anything whose owner may end without a word. */
  boolean holdsAnything() {
    return !leases.isEmpty() || shelf.size() > 0 || comparison.strays() > 0;
  }

  /** When time alone changes something for the pool; {@link Long#MAX_VALUE} when it does not. */
  long nextAt(long now) {
    long next = shelf.nextSpentAt(settings);
    if (provider.hold() != null || (line.isEmpty() && !wantsWarm())) {
      return next;
    }
    long blocked = Math.max(closedUntil(), slots.next(now) - AHEAD);
    if (blocked > now) {
      return Math.min(next, blocked);
    }
    boolean rises = limit() < settings.maximumPoolSize();
    return rises ? Math.min(next, now + RISE) : next;
  }

  private boolean wantsWarm() {
    return places() < limit()
        && settings.minimumIdle().entrySet().stream()
            .anyMatch(wanted -> shelf.ready(wanted.getKey()) < wanted.getValue());
  }

  /** How it stands, for people. */
  PoolStatus status(String pool, long now) {
    boolean closed = provider.hold() == null && !isOpen(now);
    return new PoolStatus(
        pool,
        settings,
        places(),
        leases.heldCount(),
        shelf.size(),
        leases.unresolvedCount() + comparison.strays(),
        leases.parkedCount(),
        limit(),
        slots.rate(),
        line.size(),
        line.byBatch(),
        comparison.leaked(),
        health(now),
        provider.hold(),
        closed ? closedUntil() : null);
  }

  private String health(long now) {
    if (provider.hold() != null) {
      return "held: " + provider.hold();
    }
    if (now < provider.closedUntil()) {
      return "closed: the model's provider asks to wait";
    }
    if (now < account.closedUntil()) {
      return "closed: the account's sandboxes are all in use";
    }
    return provider.isShort()
        ? "fewer runs: the model's provider limits them"
        : account.isShort() ? "fewer places: others use the account" : "well";
  }

  /** Everything, for the run that continues this one. */
  PoolCarry toCarry() {
    return new PoolCarry(
        settings,
        line.toCarry(),
        line.passed(),
        leases.allHeld(),
        leases.allUnresolved(),
        leases.allParked(),
        shelf.all(),
        slots.toCarry(),
        account.toCarry(),
        provider.toCarry(),
        provider.hold(),
        comparison.strays(),
        comparison.leaked(),
        List.copyOf(told));
  }
}
