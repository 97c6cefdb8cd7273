package dev.repofleet.starter.pool;

import dev.repofleet.workflows.activities.pool.AcquireInput;
import dev.repofleet.workflows.activities.pool.Delivery;
import dev.repofleet.workflows.activities.pool.DeliveryOutcome;
import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.EndLeasesOutcome;
import dev.repofleet.workflows.activities.pool.PoolActivities;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.pool.PoolNews;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.activities.pool.WarmUpOutcome;
import io.temporal.activity.Activity;
import java.util.List;

/** An account without sandboxes, and reviews that hear everything. */
final class FakePoolWorld implements PoolActivities {
  @Override
  public void acquirePermit(AcquireInput input) {
    throw new UnsupportedOperationException("reviews call it, the pool does not");
  }

  @Override
  public void tellPool(PoolNews news) {
    throw new UnsupportedOperationException("reviews call it, the pool does not");
  }

  @Override
  public DeliveryOutcome deliver(Delivery delivery) {
    return new DeliveryOutcome(
        Activity.getExecutionContext().getInfo().getWorkflowRunId(), true, List.of());
  }

  @Override
  public PoolInspectionOutcome inspectPool(PoolInspection inspection) {
    return new PoolInspectionOutcome(List.of(), List.of(), List.of(), List.of(), 0, null, null);
  }

  @Override
  public EndLeasesOutcome endLeases(EndLeasesInput input) {
    return new EndLeasesOutcome(
        input.leases().stream().map(EndLeasesInput.Left::leaseId).toList(), 0);
  }

  @Override
  public WarmUpOutcome warmUp(WarmUpInput input) {
    return new WarmUpOutcome("warm-" + input.template());
  }
}
