package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.PoolCarry.Held;
import dev.repofleet.workflows.pool.PoolCarry.Waiting;
import dev.repofleet.workflows.pool.PoolCarry.Warm;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.Reuse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a pool knows and decides: who gets a permit and when, and what must be ended. It asks nobody
 * and waits for nothing; times are milliseconds since the epoch, given by the caller. Not
 * thread-safe.
 */
final class SandboxPool {
  /** Permits are given this long before their slot, so that the way to the holder costs nothing. */
  static final long AHEAD = 10_000;

  /** Who waits asks again every three minutes at least; who was silent for so long has ended. */
  static final long SILENT = Duration.ofMinutes(5).toMillis();

  /** While something gives way: how often to look whether it has risen. */
  private static final long RISE = 30_000;

  private static final long ASK_AGAIN_SECONDS = 120;

  /**
   * Most leases in all: with a full line what a pool takes along is 1.9 MB then, and a payload of
   * more than 2 MB would end it.
   */
  static final int MOST_LEASES = 2_000;

  /** Refusals by an account that others have whole are waited out ever longer. */
  static final String WAITS_LONGER = "waits longer";

  /** Whose permit is of a pool before parks by that one's fence. */
  static final String PARKS_BY_OLDER_FENCE = "parks by an older fence";

  /** A warm sandbox that is given while its lease is released, and is not taken, is deleted. */
  static final String ENDS_WHAT_WAS_GIVEN = "ends what was given";

  /** No more leases than can be taken along. */
  static final String BOUNDS_LEASES = "bounds leases";

  /** Whoever resumes the pool has all its batches told. */
  static final String GREETS_AT_RESUME = "greets at resume";

  /** What the main coroutine decides is recorded before anybody is told of it. */
  static final String TELLS_WHAT_IS_RECORDED = "tells what is recorded";

  /** A pool that begins looks until it has seen all there is. */
  static final String LEARNS_OF_ALL = "learns of all";

  /** Of permits that came back and were not there; far more than a task brings. */
  private static final int MOST_SPENT = 1_000;

  private final UnaryOperator<String> fences;
  private final Predicate<String> changes;

  /**
   * A task that is done again, since its worker died after people were told, may hear that a permit
   * came back before it gives it. Its token means nothing to the holder any more.
   */
  private final Set<String> spent = new LinkedHashSet<>();

  private final WaitingLine line;
  private final LeaseBook leases;
  private final PoolLimits limits;
  private final WarmShelf shelf;
  private final WorldComparison comparison;
  private final WarmStock stock;
  private final Places places;
  private final PermitEndings endings;
  private final HoldNotices notices;
  private final Outbox outbox;

  private PoolSettings settings;

  /**
   * A pool that goes on from what an earlier one took along.
   *
   * @param fences gives a fresh token for each permit
   * @param changes whether a change of what pools decide, by its name, is in force
   */
  SandboxPool(PoolCarry carry, UnaryOperator<String> fences, Predicate<String> changes) {
    this.fences = fences;
    this.changes = changes;
    this.settings = carry.settings();
    this.line = new WaitingLine(carry.waiting(), carry.passed());
    this.leases = new LeaseBook(carry);
    this.outbox = new Outbox(leases, line);
    this.limits = new PoolLimits(carry, () -> changes.test(WAITS_LONGER));
    this.shelf = new WarmShelf(carry.warm());
    this.comparison = new WorldComparison(line, leases, shelf, this::fence, carry);
    this.places = new Places(leases, shelf, comparison, limits);
    this.stock = new WarmStock(shelf, leases, limits, places, this::fence);
    this.endings = new PermitEndings(line, leases, shelf, limits, places, changes);
    this.notices = new HoldNotices(carry.told());
  }

  /** A review asks, or asks again. What is being ended must be gone before its lease goes on. */
  void acquire(LeaseRequest request, long now) {
    Held has = leases.held(request.leaseId());
    if (has != null) {
      if (!has.request().runId().equals(request.runId())) {
        has = has.movedTo(request, fence(request.leaseId()));
        leases.hold(has);
        comparison.touched(request.leaseId());
      } else if (has.adopted()) {
        has = has.told();
        leases.hold(has);
      }
      outbox.add(has.reply(keeps()));
    } else if (!leases.isEnding(request.leaseId()) && !line.add(request, now)) {
      outbox.add(PermitReply.askAgain(request, ASK_AGAIN_SECONDS));
    }
  }

  private String fence(String leaseId) {
    String fence = fences.apply(leaseId);
    return spent.remove(fence) ? another(fence) : fence;
  }

  /** None that is drawn: what is drawn also names what the workflow records. */
  private static String another(String fence) {
    byte[] seed = (fence + " again").getBytes(StandardCharsets.UTF_8);
    return UUID.nameUUIDFromBytes(seed).toString().replace("-", "");
  }

  private boolean keeps() {
    return settings.reuse() == Reuse.REPOSITORY;
  }

  /** A permit comes back, or a place in the line is given up. */
  void ended(LeaseEnded lease, long now) {
    String id = lease.leaseId();
    Held has = leases.held(id);
    if (has != null && has.isNotMeantBy(lease) && !parksByOlderFence(has, lease)) {
      return;
    }
    if (has == null && lease.fence() != null) {
      spent.add(lease.fence());
      if (spent.size() > MOST_SPENT) {
        spent.remove(spent.iterator().next());
      }
    }
    comparison.touched(id);
    endings.end(lease, keeps(), now);
  }

  private boolean parksByOlderFence(Held has, LeaseEnded lease) {
    return has.mayKnowOlderFence(lease) && changes.test(PARKS_BY_OLDER_FENCE);
  }

  /** The model's provider refuses somebody. */
  void trouble(ProviderTrouble trouble, long now) {
    limits.provider().refused(now, leases.heldCount(), trouble);
  }

  /** A person has mended what the provider refused. Returns what it was, if the pool was held. */
  @Nullable String resume(long now) {
    String held = limits.provider().resume(now);
    if (held != null && changes.test(GREETS_AT_RESUME)) {
      notices.greetAll();
    }
    return held;
  }

  void set(PoolSettings changed) {
    limits.set(settings, changed);
    settings = changed;
  }

  PoolSettings settings() {
    return settings;
  }

  /** Does what the time allows: limits rise, permits are given, what is spent is ended. */
  void work(long now) {
    limits.tick(now);
    leases.askBack(mostPaused(), now).forEach(one -> outbox.add(PermitReply.giveBack(one)));
    line.dropSilentSince(now - SILENT);
    stock.endSpent(settings, now);
    while (limits.isOpen(now) && grantNext(now)) {
      // The next in the line.
    }
  }

  /** Who waits for people leaves room for who works. */
  private int mostPaused() {
    int room = Math.max(0, MOST_LEASES - limits.places());
    return settings.maxPaused() > room && changes.test(BOUNDS_LEASES) ? room : settings.maxPaused();
  }

  /** False when nobody can be served now. */
  private boolean grantNext(long now) {
    LeaseRequest next = line.peek();
    if (next == null || leases.heldCount() >= limits.places() || isOneTooMany(next)) {
      return false;
    }
    Warm warm = shelf.find(next);
    boolean runs = warm != null && !warm.paused();
    if (!runs && !places.isFree()) {
      stock.makeRoom();
      return false;
    }
    if (!runs && limits.slots().next(now) > now + AHEAD) {
      return false;
    }
    Waiting served = line.take();
    if (warm != null) {
      shelf.remove(warm.label());
    }
    boolean mayExist = warm != null || served.tried() || leases.isParked(next.leaseId());
    Held given =
        new Held(
            next,
            fence(next.leaseId()),
            runs ? now : limits.slots().take(now),
            warm == null ? next.parkedSandboxId() : warm.sandboxId(),
            null,
            true,
            mayExist,
            false);
    leases.hold(given);
    outbox.add(given.reply(keeps()));
    return true;
  }

  private boolean isOneTooMany(LeaseRequest next) {
    return leases.count() >= MOST_LEASES
        && !leases.isParked(next.leaseId())
        && changes.test(BOUNDS_LEASES);
  }

  /** The next sandbox to have ready, which is on its way from now on; absent when there is none. */
  @Nullable Warm warmUp(long now) {
    return line.isEmpty() ? stock.order(settings, now) : null;
  }

  WarmStock stock() {
    return stock;
  }

  Outbox outbox() {
    return outbox;
  }

  /** Batches that do not know yet that the pool is held, or is not any more. */
  List<String> batchesToTell() {
    Set<String> concerned = new TreeSet<>(line.batches());
    concerned.addAll(leases.batches());
    return notices.toTell(hold() != null, concerned);
  }

  HoldNotices notices() {
    return notices;
  }

  /** Why no permit is given until a person resumes; absent while permits are given. */
  @Nullable String hold() {
    return limits.provider().hold();
  }

  List<EndLeasesInput.Left> ending() {
    return leases.ending();
  }

  /** Sandboxes in use or to be used again, whatever lease their label names. */
  List<String> spared() {
    Set<String> ids = leases.sandboxIds();
    shelf.all().stream().map(Warm::sandboxId).filter(Objects::nonNull).forEach(ids::add);
    leases.ending().stream()
        .map(EndLeasesInput.Left::sandboxId)
        .filter(Objects::nonNull)
        .forEach(ids::remove);
    return List.copyOf(ids);
  }

  /** E2B has confirmed that nothing is left of these. */
  void resolved(List<String> gone, long now) {
    gone.stream().filter(leases::isEnding).forEach(leases::forget);
    places.freed(now);
  }

  /** It was reset: what it knows is of before. */
  void doubt() {
    comparison.doubt();
  }

  /** What the world is to be compared with. */
  PoolInspection inspection(String fleet, boolean poolBegins) {
    return comparison.begin(fleet, poolBegins, keeps(), hold());
  }

  /**
   * Takes up what a look at the world found.
   *
   * @param lookedAt when the look began
   * @return whether there is more than it had room for
   */
  boolean inspected(PoolInspectionOutcome found, long lookedAt) {
    comparison.end(found, lookedAt, keeps()).forEach(outbox::add);
    return comparison.leavesMore();
  }

  /** Whether there is anything whose owner may end without a word. */
  boolean holdsAnything() {
    return !leases.isEmpty() || shelf.size() > 0 || comparison.strays() > 0;
  }

  /** Whether somebody has to know how it stands, though it may hold nothing. */
  boolean isWaitedFor() {
    return !line.isEmpty() || hold() != null;
  }

  /** When time alone changes something for the pool; {@link Long#MAX_VALUE} when it does not. */
  long nextAt(long now) {
    long next = shelf.nextSpentAt(settings);
    next = Math.min(next, stock.triesAgainAt(settings, now));
    if (hold() != null || (line.isEmpty() && !stock.wantsOne(settings, now))) {
      return next;
    }
    long blocked = Math.max(limits.closedUntil(), limits.slots().next(now) - AHEAD);
    if (blocked > now) {
      return Math.min(next, blocked);
    }
    return limits.isShort() ? Math.min(next, now + RISE) : next;
  }

  /** How it stands, for people. */
  PoolStatus status(String pool, long now) {
    return new PoolStatus(
        pool,
        settings,
        places.taken(),
        leases.heldCount(),
        shelf.size(),
        leases.unresolvedCount() + comparison.strays(),
        leases.parkedCount(),
        limits.places(),
        limits.slots().rate(),
        line.size(),
        line.byBatch(),
        comparison.leaked(),
        limits.health(now),
        limits.provider().hold(),
        limits.opensAt(now),
        comparison.foreign());
  }

  /**
   * Everything, for the run that continues this one.
   *
   * @param learning whether that one must look at the world before it gives a permit
   */
  PoolCarry toCarry(boolean learning) {
    return new PoolCarry(
        settings,
        line.toCarry(),
        line.passed(),
        leases.allHeld(),
        leases.allUnresolved(),
        leases.allParked(),
        shelf.all(),
        limits.slots().toCarry(),
        limits.account().toCarry(),
        limits.provider().toCarry(),
        limits.provider().hold(),
        comparison.strays(),
        comparison.leaked(),
        notices.toCarry(),
        limits.provider().resumedAt(),
        learning);
  }
}
