package dev.repofleet.worker.pool;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.SandboxListing;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.sandbox.PoolLink;
import dev.repofleet.worker.sandbox.SandboxCreation;
import dev.repofleet.workflows.Fleet;
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
import dev.repofleet.workflows.client.ReviewRuns;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.WorkflowClient;
import java.util.Objects;

/** What passes between reviews and their pool, and what the pool has done for it. Thread-safe. */
public final class PoolActivitiesImpl implements PoolActivities {
  private final E2bClient e2b;
  private final PoolLink pools;
  private final FleetMetrics metrics;
  private final PoolSignals signals;
  private final PoolDeliveries deliveries;
  private final ReviewRuns runs;
  private final EarlierSettings settings;
  private final LeaseEndings endings;
  private final WarmUps warmUps;
  private final WorkAhead ahead;

  /** Works through the clients, which stay their owner's to close. */
  public PoolActivitiesImpl(
      WorkflowClient temporal,
      E2bClient e2b,
      PoolLink pools,
      SandboxCreation creation,
      FleetMetrics metrics) {
    this.e2b = e2b;
    this.pools = pools;
    this.metrics = metrics;
    this.signals = new PoolSignals(temporal);
    this.deliveries = new PoolDeliveries(temporal);
    this.runs = new ReviewRuns(temporal);
    this.settings = new EarlierSettings(temporal);
    this.endings = new LeaseEndings(e2b, SandboxCreation.SHOWS_UP);
    this.warmUps = new WarmUps(e2b, new SandboxConnections(e2b), creation);
    this.ahead = new WorkAhead(temporal, metrics);
  }

  @Override
  public void acquirePermit(AcquireInput input) {
    signals.acquire(new Fleet(input.fleet()), input.request());
  }

  @Override
  public void tellPool(PoolNews news) {
    Fleet fleet = new Fleet(news.fleet());
    LeaseEnded ended = news.ended();
    if (ended != null) {
      signals.ended(fleet, ended);
    }
    ProviderTrouble trouble = news.trouble();
    if (trouble != null) {
      signals.trouble(fleet, trouble);
    }
  }

  @Override
  public DeliveryOutcome deliver(Delivery delivery) {
    return deliveries.deliver(delivery, info().getWorkflowRunId());
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.temporal.failure.ApplicationFailure when E2B does not list: a list that lacks
   *     something would say that it is gone
   */
  @Override
  public PoolInspectionOutcome inspectPool(PoolInspection inspection) {
    AttemptTime time = AttemptTime.of(Activity.getExecutionContext());
    ActivityInfo info = info();
    SandboxListing listing;
    try {
      listing = e2b.listing(SandboxQuery.all());
    } catch (E2bException e) {
      if (FailureMapper.refusesTheKey(e)) {
        metrics.e2bKeyRefused();
      }
      throw FailureMapper.map(e, "the sandboxes of fleet " + inspection.fleet() + " can't be seen");
    }
    PoolSettings before =
        inspection.poolBegins()
            ? settings.before(info.getWorkflowId(), info.getWorkflowRunId())
            : null;
    WorldLook look =
        new WorldLook(inspection, runs, pools.namespaceId().orElse(null), time::isOver);
    PoolInspectionOutcome outcome = look.at(listing, before);
    metrics.poolLookedAt(
        inspection.holders().size(),
        inspection.warm().size(),
        look.leaked(),
        Objects.requireNonNullElse(inspection.waiting(), 0),
        inspection.held());
    if (!inspection.poolBegins()) { // reviews wait for that look
      ahead.look(new Fleet(inspection.fleet()));
    }
    return outcome;
  }

  @Override
  public EndLeasesOutcome endLeases(EndLeasesInput input) {
    return endings.end(input, AttemptTime.of(Activity.getExecutionContext()));
  }

  @Override
  public WarmUpOutcome warmUp(WarmUpInput input) {
    return warmUps.warmUp(input, Activity.getExecutionContext());
  }

  private static ActivityInfo info() {
    return Activity.getExecutionContext().getInfo();
  }
}
