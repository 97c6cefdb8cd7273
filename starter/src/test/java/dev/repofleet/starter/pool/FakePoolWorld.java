package dev.repofleet.starter.pool;

import dev.repofleet.workflows.activities.AcquireInput;
import dev.repofleet.workflows.activities.Delivery;
import dev.repofleet.workflows.activities.DeliveryOutcome;
import dev.repofleet.workflows.activities.EndLeasesInput;
import dev.repofleet.workflows.activities.EndLeasesOutcome;
import dev.repofleet.workflows.activities.PoolActivities;
import dev.repofleet.workflows.activities.PoolInspection;
import dev.repofleet.workflows.activities.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.PoolNews;
import dev.repofleet.workflows.activities.WarmUpInput;
import dev.repofleet.workflows.activities.WarmUpOutcome;
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
