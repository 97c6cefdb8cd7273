package dev.repofleet.worker.pool;

import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxListing;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.workflows.activities.pool.EndLeasesInput.Left;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.activities.pool.PoolInspection.Holder;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Moved;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Owner;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Stray;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.client.ReviewRuns;
import dev.repofleet.workflows.client.ReviewRuns.Run;
import dev.repofleet.workflows.client.ReviewRuns.State;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what a pool knows with E2B's list and with how the runs stand. For one look and one
 * thread.
 *
 * <p>Temporal is asked after the listing: a run that is closed by then created nothing that is not
 * listed but for what lists show late. Where it does not answer, nothing is said of a holder, and a
 * sandbox's owner is unknown.
 */
final class WorldLook {
  private static final Logger log = LoggerFactory.getLogger(WorldLook.class);

  /** A running sandbox that is younger may have just been handed on, and its pool not know yet. */
  private static final Duration YOUNG = Duration.ofMinutes(3);

  private static final Duration A_DAY = Duration.ofDays(1);

  private final PoolInspection known;
  private final ReviewRuns runs;
  private final @Nullable String namespaceId;
  private final BooleanSupplier timeIsOver;

  private final List<String> closed = new ArrayList<>();
  private final List<Moved> moved = new ArrayList<>();
  private final List<String> sandboxes = new ArrayList<>();
  private final List<Stray> strays = new ArrayList<>();

  /** The leases being ended of sandboxes that are listed, one for each. */
  private final List<String> stillThere = new ArrayList<>();

  private final Set<String> ending = new LinkedHashSet<>();
  private final Map<String, String> endingById = new HashMap<>();
  private int foreign;
  private boolean silent;

  /**
   * A look.
   *
   * @param namespaceId absent when the server does not tell: then labels of any are taken for ours
   * @param timeIsOver from when on nobody is asked any more
   */
  WorldLook(
      PoolInspection known,
      ReviewRuns runs,
      @Nullable String namespaceId,
      BooleanSupplier timeIsOver) {
    this.known = known;
    this.runs = runs;
    this.namespaceId = namespaceId;
    this.timeIsOver = timeIsOver;
    for (Left left : known.ending() == null ? List.<Left>of() : known.ending()) {
      ending.add(left.leaseId());
      if (left.sandboxId() != null) {
        endingById.put(left.sandboxId(), left.leaseId());
      }
    }
  }

  /** Goes over the listing, then over those who hold leases. */
  PoolInspectionOutcome at(SandboxListing listing, @Nullable PoolSettings settings) {
    known.holders().forEach(this::judge);
    Set<String> leases = new LinkedHashSet<>(known.ended());
    Set<String> ids = new LinkedHashSet<>(known.warm());
    for (Holder holder : known.holders()) {
      leases.add(holder.leaseId());
      if (holder.sandboxId() != null) {
        ids.add(holder.sandboxId());
      }
    }
    for (SandboxInfo one : listing.sandboxes()) {
      if (!isOurs(one.metadata())) {
        foreign += one.state() == SandboxState.RUNNING ? 1 : 0;
      } else if (ids.contains(one.sandboxId()) || leases.contains(lease(one))) {
        sandboxes.add(one.sandboxId());
        ending(one, ids).ifPresent(stillThere::add);
      } else {
        strays.add(stray(one, listing.serverTime()));
      }
    }
    // Those that the pool acts on, else a heap of others could hide them for ever.
    strays.sort(
        Comparator.comparing((Stray stray) -> stray.owner() == Owner.UNKNOWN)
            .thenComparing(stray -> !stray.running()));
    return new PoolInspectionOutcome(
        closed,
        moved,
        sandboxes,
        strays.subList(0, Math.min(strays.size(), PoolInspectionOutcome.MOST_STRAYS)),
        foreign,
        settings,
        List.copyOf(new LinkedHashSet<>(stillThere)));
  }

  /**
   * How many sandboxes nobody owns: those that the pool is to end, and those that it ends and that
   * are there still. A running one that may be used again has the label of its first lease, which
   * tells nothing of the one that has it.
   */
  int leaked() {
    boolean usesAgain = Boolean.TRUE.equals(known.usesAgain());
    long nobodys =
        strays.stream()
            .filter(stray -> stray.owner() == Owner.NOBODY)
            .filter(stray -> !(usesAgain && stray.running()))
            .count();
    return (int) nobodys + stillThere.size();
  }

  /**
   * The lease being ended whose sandbox this is: by its id, or by its label where no other lease
   * has it since.
   *
   * @param ids of sandboxes that leases have, that are warm or being deleted
   */
  private Optional<String> ending(SandboxInfo one, Set<String> ids) {
    String byId = endingById.get(one.sandboxId());
    if (byId != null || ids.contains(one.sandboxId())) {
      return Optional.ofNullable(byId);
    }
    return Optional.of(lease(one)).filter(ending::contains);
  }

  private boolean isOurs(Map<String, String> labels) {
    String namespace = labels.get(LeaseLabels.NAMESPACE);
    return known.fleet().equals(labels.get(LeaseLabels.FLEET))
        && (namespace == null || namespaceId == null || namespace.equals(namespaceId));
  }

  private static String lease(SandboxInfo sandbox) {
    return sandbox.metadata().getOrDefault(LeaseLabels.LEASE, "");
  }

  /**
   * A holder told the pool of itself from this namespace, so one whose run is not known any more
   * was deleted or forgotten, and both only happen to what has ended.
   */
  private void judge(Holder holder) {
    Run own = ask(holder.workflowId(), holder.runId()).orElse(null);
    if (own == null || own.state() == State.OPEN) {
      return;
    }
    Run latest = ask(holder.workflowId(), "").orElse(null);
    if (latest == null) {
      return;
    }
    if (latest.state() == State.OPEN && latest.isResetOf(own)) {
      moved.add(new Moved(holder.leaseId(), latest.runId()));
    } else {
      closed.add(holder.leaseId());
    }
  }

  private Stray stray(SandboxInfo sandbox, Optional<Instant> now) {
    LeaseLabels review = LeaseLabels.of(sandbox.metadata()).orElse(null);
    Ownership ownership =
        review == null ? ofNoReview(sandbox, now) : ownership(review, isYoung(sandbox, now));
    return new Stray(
        sandbox.sandboxId(),
        lease(sandbox),
        review == null ? null : review.workflowId(),
        ownership.runId(),
        review == null ? null : review.batch(),
        sandbox.state() == SandboxState.RUNNING,
        ownership.owner());
  }

  /**
   * A warm one of a pool that has forgotten it. A review may have it, and extends its life while it
   * does; for one that has been paused so long nobody comes any more.
   */
  private static Ownership ofNoReview(SandboxInfo sandbox, Optional<Instant> now) {
    boolean longPaused =
        sandbox.state() == SandboxState.PAUSED
            && now.filter(time -> Duration.between(sandbox.endAt(), time).compareTo(A_DAY) > 0)
                .isPresent();
    return longPaused && lease(sandbox).startsWith(WarmUpInput.LABEL)
        ? new Ownership(Owner.NOBODY, null)
        : Ownership.UNKNOWN;
  }

  private record Ownership(Owner owner, @Nullable String runId) {
    private static final Ownership UNKNOWN = new Ownership(Owner.UNKNOWN, null);
  }

  private Ownership ownership(LeaseLabels review, boolean young) {
    Run own = ask(review.workflowId(), review.runId()).orElse(null);
    if (own == null || own.state() == State.NOT_KNOWN) {
      return Ownership.UNKNOWN;
    }
    if (own.state() == State.OPEN) {
      return new Ownership(Owner.REVIEW, own.runId());
    }
    Run latest = ask(review.workflowId(), "").orElse(null);
    if (latest == null) {
      return Ownership.UNKNOWN;
    }
    if (latest.state() == State.OPEN && latest.isResetOf(own)) {
      return new Ownership(Owner.REVIEW, latest.runId());
    }
    return young ? Ownership.UNKNOWN : new Ownership(Owner.NOBODY, null);
  }

  /** By E2B's clock; without it nothing is old. */
  private static boolean isYoung(SandboxInfo sandbox, Optional<Instant> now) {
    return sandbox.state() == SandboxState.RUNNING
        && now.filter(time -> Duration.between(sandbox.startedAt(), time).compareTo(YOUNG) >= 0)
            .isEmpty();
  }

  /** Of its latest run where the run's id is empty; empty when the server does not say. */
  private Optional<Run> ask(String workflowId, String runId) {
    if (timeIsOver.getAsBoolean()) {
      return Optional.empty();
    }
    try {
      return Optional.of(runId.isEmpty() ? runs.latest(workflowId) : runs.run(workflowId, runId));
    } catch (RuntimeException e) {
      if (!silent) {
        log.warn("Temporal does not say how {} stands: {}", workflowId, e.toString());
      }
      silent = true;
      return Optional.empty();
    }
  }
}
