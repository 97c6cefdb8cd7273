package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.activities.pool.AcquireInput;
import dev.repofleet.workflows.activities.pool.Delivery;
import dev.repofleet.workflows.activities.pool.DeliveryOutcome;
import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.EndLeasesOutcome;
import dev.repofleet.workflows.activities.pool.PoolActivities;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Stray;
import dev.repofleet.workflows.activities.pool.PoolNews;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.activities.pool.WarmUpOutcome;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Reviews and E2B as a pool's workflow sees them. Thread-safe. */
class FakePoolActivities implements PoolActivities {
  final List<PermitReply> replies = new CopyOnWriteArrayList<>();
  final List<String> batchesTold = new CopyOnWriteArrayList<>();
  final List<PoolInspection> looks = new CopyOnWriteArrayList<>();
  final List<String> ended = new CopyOnWriteArrayList<>();
  final List<WarmUpInput> warm = new CopyOnWriteArrayList<>();
  final Set<String> closedHolders = new ConcurrentSkipListSet<>();
  final List<Stray> strays = new CopyOnWriteArrayList<>();
  volatile boolean away;
  volatile boolean wasReset;
  volatile @Nullable PoolSettings before;

  @Override
  public void acquirePermit(AcquireInput input) {
    throw new AssertionError("a pool asks nobody for a permit");
  }

  @Override
  public void tellPool(PoolNews news) {
    throw new AssertionError("a pool tells itself nothing");
  }

  @Override
  public DeliveryOutcome deliver(Delivery delivery) {
    String runId = Activity.getExecutionContext().getInfo().getWorkflowRunId();
    if (wasReset && !delivery.replies().isEmpty()) {
      wasReset = false;
      return new DeliveryOutcome(runId, false, List.of());
    }
    replies.addAll(delivery.replies());
    delivery.batches().forEach(batch -> batchesTold.add(batch + ": " + delivery.hold()));
    return new DeliveryOutcome(runId, true, List.of());
  }

  @Override
  public PoolInspectionOutcome inspectPool(PoolInspection inspection) {
    looks.add(inspection);
    if (away) {
      throw ApplicationFailure.newNonRetryableFailure("E2B is away", "internal");
    }
    List<String> closed = new ArrayList<>();
    inspection.holders().stream()
        .map(PoolInspection.Holder::leaseId)
        .filter(closedHolders::contains)
        .forEach(closed::add);
    Set<String> known = new TreeSet<>(inspection.ended());
    inspection.holders().forEach(holder -> known.add(holder.leaseId()));
    return new PoolInspectionOutcome(
        closed,
        List.of(),
        strays.stream()
            .filter(stray -> known.contains(stray.leaseId()))
            .map(Stray::sandboxId)
            .toList(),
        strays.stream()
            .filter(stray -> !known.contains(stray.leaseId()))
            .limit(PoolInspectionOutcome.MOST_STRAYS)
            .toList(),
        0,
        inspection.poolBegins() ? before : null,
        null);
  }

  @Override
  public EndLeasesOutcome endLeases(EndLeasesInput input) {
    List<String> leases = input.leases().stream().map(EndLeasesInput.Left::leaseId).toList();
    ended.addAll(leases);
    strays.removeIf(stray -> leases.contains(stray.leaseId()));
    return new EndLeasesOutcome(leases, leases.size());
  }

  @Override
  public WarmUpOutcome warmUp(WarmUpInput input) {
    warm.add(input);
    return new WarmUpOutcome("warm-" + warm.size());
  }
}
