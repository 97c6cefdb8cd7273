package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Owner;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Stray;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.pool.PoolCarry.Held;
import dev.repofleet.workflows.pool.PoolCarry.Parked;
import dev.repofleet.workflows.pool.PoolCarry.Unresolved;
import dev.repofleet.workflows.pool.PoolCarry.Warm;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings what a pool knows and what there is together: holders that ended without a word, sandboxes
 * that died, sandboxes nobody owns, and after a loss of the pool's own state the leases it has
 * forgotten. Not thread-safe.
 */
final class WorldComparison {
  /** E2B's list lags behind creations by less. */
  private static final long LAG = 10_000;

  private final WaitingLine line;
  private final LeaseBook leases;
  private final WarmShelf shelf;
  private final UnaryOperator<String> fences;

  /** Leases that came back, or moved, while the world was looked at: what it saw is of before. */
  private final Set<String> touchedDuringLook = new LinkedHashSet<>();

  /**
   * Leases that were being ended at the last look already, or that it found: an end that has only
   * begun is none that fails.
   */
  private final Set<String> endingForLong = new LinkedHashSet<>();

  private int strays;
  private int leaked;
  private boolean leavesMore;
  private @Nullable Integer foreign;

  WorldComparison(
      WaitingLine line,
      LeaseBook leases,
      WarmShelf shelf,
      UnaryOperator<String> fences,
      PoolCarry carry) {
    this.line = line;
    this.leases = leases;
    this.shelf = shelf;
    this.fences = fences;
    this.strays = carry.strays();
    this.leaked = carry.leaked();
  }

  /** A lease came back, or its holder moved. */
  void touched(String leaseId) {
    touchedDuringLook.add(leaseId);
  }

  /**
   * What this pool knows is of before a Reset: a sandbox that it has as warm may be somebody's.
   * Until that is known they are strays, which take a place and are given to nobody.
   */
  void doubt() {
    shelf.all().stream()
        .filter(warm -> warm.sandboxId() != null)
        .forEach(warm -> shelf.remove(warm.label()));
  }

  /**
   * A look begins.
   *
   * @param usesAgain whether sandboxes are used again
   * @param held why no permit is given until a person resumes, if so
   */
  PoolInspection begin(String fleet, boolean poolBegins, boolean usesAgain, @Nullable String held) {
    touchedDuringLook.clear();
    List<EndLeasesInput.Left> ending = leases.ending();
    List<EndLeasesInput.Left> forLong =
        ending.stream().filter(left -> endingForLong.contains(left.leaseId())).toList();
    endingForLong.clear();
    ending.forEach(left -> endingForLong.add(left.leaseId()));
    return new PoolInspection(
        fleet,
        leases.holders(),
        Stream.concat(
                shelf.all().stream().map(Warm::sandboxId),
                ending.stream().map(EndLeasesInput.Left::sandboxId))
            .filter(Objects::nonNull)
            .toList(),
        Stream.concat(
                ending.stream().map(EndLeasesInput.Left::leaseId),
                shelf.all().stream().filter(warm -> warm.sandboxId() == null).map(Warm::label))
            .toList(),
        poolBegins,
        line.size(),
        forLong,
        usesAgain,
        held);
  }

  /**
   * Takes up what the look found, and returns what holders are to be told.
   *
   * @param lookedAt when the look began
   * @param usesAgain whether sandboxes are used again
   */
  List<PermitReply> end(PoolInspectionOutcome found, long lookedAt, boolean usesAgain) {
    Set<String> listed = new LinkedHashSet<>(found.sandboxes());
    shelf.keepListed(listed, lookedAt - LAG);
    leases.keepAdopted(listed);
    found.moved().forEach(one -> leases.moved(one.leaseId(), one.runId()));
    for (String closed : found.closed()) {
      boolean known = leases.held(closed) != null || leases.isParked(closed);
      if (known && !touchedDuringLook.contains(closed)) {
        line.remove(closed);
        leases.end(closed, null);
      }
    }
    foreign = found.foreign();
    strays = 0;
    leaked = stillThere(found);
    boolean learned = false;
    List<PermitReply> replies = new ArrayList<>();
    for (Stray stray : found.strays()) {
      if (!leases.knows(stray.leaseId()) && !touchedDuringLook.contains(stray.leaseId())) {
        judge(stray, usesAgain, replies);
        learned |= leases.knows(stray.leaseId());
      }
    }
    leavesMore = learned && found.strays().size() >= PoolInspectionOutcome.MOST_STRAYS;
    return replies;
  }

  /**
   * Whether the last look had no room for all, and the next will have it for others: those that
   * stay unknown it lists again.
   */
  boolean leavesMore() {
    return leavesMore;
  }

  /** Leases that are being ended, and were not gone when the world was looked at. */
  private int stillThere(PoolInspectionOutcome found) {
    List<String> there = found.stillThere();
    return there == null ? 0 : (int) there.stream().filter(leases::isEnding).count();
  }

  private void judge(Stray stray, boolean usesAgain, List<PermitReply> replies) {
    // A sandbox that is used again still has the label of its first lease, which has ended.
    boolean maybeUsedAgain = usesAgain && stray.running();
    if (stray.owner() == Owner.NOBODY && !maybeUsedAgain) {
      leaked++;
      endingForLong.add(stray.leaseId());
      leases.end(new Unresolved(stray.leaseId(), stray.sandboxId(), stray.running()));
    } else if (stray.owner() == Owner.REVIEW) {
      adopt(stray, usesAgain, replies);
    } else if (stray.running()) {
      strays++;
    }
  }

  /** A review works with it, and the pool has forgotten that. */
  private void adopt(Stray stray, boolean usesAgain, List<PermitReply> replies) {
    LeaseRequest waiting = line.find(stray.leaseId());
    LeaseRequest request = waiting != null ? waiting : forgotten(stray);
    if (!stray.running()) {
      leases.park(new Parked(request, stray.sandboxId(), 0, 0));
      return;
    }
    Held adopted =
        new Held(
            request, fences.apply(stray.leaseId()), 0, stray.sandboxId(), null, true, true, true);
    leases.hold(adopted);
    if (waiting != null) {
      line.remove(stray.leaseId());
      replies.add(adopted.reply(usesAgain));
    }
  }

  private static LeaseRequest forgotten(Stray stray) {
    return new LeaseRequest(
        stray.leaseId(),
        Objects.requireNonNull(stray.workflowId(), "workflowId"),
        Objects.requireNonNull(stray.runId(), "runId"),
        Objects.requireNonNull(stray.batch(), "batch"),
        LeaseRequest.GOES_ON,
        "",
        null,
        null);
  }

  /** Sandboxes of unknown owners that take a place. */
  int strays() {
    return strays;
  }

  /**
   * Sandboxes that the last look found without an owner, those being deleted counted in. The pool
   * ends each of them, so that there are no more than it is ending now.
   */
  int leaked() {
    return Math.min(leaked, leases.unresolvedCount());
  }

  /** Running sandboxes of the account that are not the fleet's; absent before a look. */
  @Nullable Integer foreign() {
    return foreign;
  }
}
