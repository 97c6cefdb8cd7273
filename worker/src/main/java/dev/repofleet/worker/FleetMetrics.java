package dev.repofleet.worker;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.TurnOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every metric of a worker, named in this class alone, beside those of the Temporal SDK. Tags are
 * of low cardinality: never a repository, never a sandbox. Thread-safe; the worker closes it.
 */
public final class FleetMetrics implements AutoCloseable {
  /**
   * The pool looks every minute, by whichever worker; an older look is another worker's to tell.
   */
  private static final Duration LOOK_HOLDS = Duration.ofMinutes(5);

  private final PrometheusMeterRegistry registry;
  private final Scope temporal;
  private final AtomicInteger activeRuns = new AtomicInteger();
  private final LongSupplier nanoTime;
  private volatile @Nullable Look look;

  private record Look(int leaked, long at) {}

  /** An empty registry; hand it to the connection before the worker starts. */
  public FleetMetrics() {
    this(System::nanoTime);
  }

  /** As {@link #FleetMetrics()}, by another clock. */
  FleetMetrics(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().meterFilter(new TemporalTimersAsSummaries());
    temporal =
        new RootScopeBuilder()
            .reporter(new MicrometerClientStatsReporter(registry))
            .reportEvery(com.uber.m3.util.Duration.ofSeconds(5));
    Gauge.builder("repofleet.agent.runs.active", activeRuns, AtomicInteger::get)
        .description("Agent runs this worker follows now")
        .register(registry);
    Gauge.builder("repofleet.sandboxes.leaked", this, FleetMetrics::leaked)
        .description("Sandboxes without an owner in this worker's last look, if it is a recent one")
        .register(registry);
  }

  /** Lets the Temporal SDK report here. */
  public WorkflowServiceStubsOptions.Builder instrument(
      WorkflowServiceStubsOptions.Builder options) {
    return options.setMetricsScope(temporal);
  }

  /** A run is followed from now on. */
  public void runBegins() {
    activeRuns.incrementAndGet();
  }

  /** A run is no longer followed here. */
  public void runLetGo() {
    activeRuns.decrementAndGet();
  }

  /** A look at the account has found so many sandboxes of the fleet that nobody owns. */
  public void sandboxesLookedAt(int leaked) {
    look = new Look(leaked, nanoTime.getAsLong());
  }

  private double leaked() {
    Look last = look;
    return last == null || nanoTime.getAsLong() - last.at() > LOOK_HOLDS.toNanos()
        ? 0
        : last.leaked();
  }

  /** E2B has refused to create or wake a sandbox for now. */
  public void sandboxRefused(Cause cause) {
    Counter.builder("repofleet.sandboxes.refused")
        .description("Sandboxes that E2B refused to create or wake, by cause")
        .tag("cause", cause.code())
        .register(registry)
        .increment();
  }

  /** A turn has ended and is in the store. */
  public void turnEnded(TurnOutcome turn) {
    String cause = turn.cause() == null ? "none" : turn.cause().code();
    Counter.builder("repofleet.agent.turns")
        .description("Agent turns ended, by cause")
        .tag("cause", cause)
        .register(registry)
        .increment();
    UsageTotals usage = turn.usage();
    tokens("input", usage.inputTokens());
    tokens("cache_read", usage.cacheReadTokens());
    tokens("cache_write", usage.cacheWriteTokens());
    tokens("output", usage.outputTokens());
    Counter.builder("repofleet.agent.cost.usd")
        .description("Cost of ended turns in US dollars, as the agent reports it")
        .register(registry)
        .increment(usage.costUsd());
  }

  private void tokens(String kind, long count) {
    Counter.builder("repofleet.agent.tokens")
        .description("Tokens of ended turns, by kind")
        .tag("kind", kind)
        .register(registry)
        .increment((double) count);
  }

  /** All metrics in Prometheus' text format. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    try {
      temporal.close();
    } catch (com.uber.m3.tally.ScopeCloseException e) {
      throw new IllegalStateException("metrics could not be flushed", e);
    }
    registry.close();
  }

  /**
   * Temporal's timers come as full histograms with many labels: 264 kB a scrape after one workflow.
   * Count, sum and maximum are enough for all that is asked of them.
   */
  private static final class TemporalTimersAsSummaries implements MeterFilter {
    @Override
    public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
      if (!id.getName().startsWith("temporal")) {
        return config;
      }
      return DistributionStatisticConfig.builder()
          .percentilesHistogram(false)
          .serviceLevelObjectives(new double[0])
          .build()
          .merge(config);
    }
  }
}
