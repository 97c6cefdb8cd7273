package dev.repofleet.worker.metrics;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.WorkflowMetrics;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

  /** From a step that only asks the store to an agent's whole time. */
  private static final Duration[] STEPS =
      Stream.of(1, 5, 15, 60, 300, 900, 1800, 3600, 7200)
          .map(Duration::ofSeconds)
          .toArray(Duration[]::new);

  /** From a permit that is there to a night in the line. */
  private static final Duration[] PERMIT_WAITS =
      Stream.of(1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200)
          .map(Duration::ofSeconds)
          .toArray(Duration[]::new);

  private static final String PERMIT_WAIT_HELP =
      "Time that reviews waited for a permit of their pool";

  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@/-]{0,79}");
  private static final int MOST_MODELS = 30;

  /** Ends without a result, or without all of it: an alert counts them by cause. */
  private static final List<RepositoryStatus> FALLS_SHORT =
      List.of(RepositoryStatus.FAILED, RepositoryStatus.PARTIAL, RepositoryStatus.UNSTRUCTURED);

  /** What a pool waits for a person for. */
  private static final List<Cause> HOLDS = List.of(Cause.MODEL_AUTH, Cause.MODEL_CREDIT);

  private static final String OTHER = "other";
  private static final String NONE = "none";

  private final Set<String> models = ConcurrentHashMap.newKeySet();
  private final PrometheusMeterRegistry registry;
  private final Scope temporal;
  private final AtomicInteger activeRuns = new AtomicInteger();
  private final LongSupplier nanoTime;
  private final Counter e2bKeyRefused;
  private volatile @Nullable Look look;
  private volatile @Nullable Ahead ahead;

  private record Look(
      int leased, int warm, int leaked, int waiting, @Nullable String held, long at) {}

  private record Ahead(int queued, int inWork, long at) {}

  /** An empty registry; hand it to the connection before the worker starts. */
  public FleetMetrics() {
    this(System::nanoTime);
  }

  /** As {@link #FleetMetrics()}, by another clock. */
  FleetMetrics(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry
        .config()
        .meterFilter(new PermitWaitWithoutTemporalsTags())
        .meterFilter(new TemporalTimersAsSummaries());
    temporal =
        new RootScopeBuilder()
            .reporter(new MicrometerClientStatsReporter(registry))
            .reportEvery(com.uber.m3.util.Duration.ofSeconds(5));
    Gauge.builder("repofleet.agent.runs.active", activeRuns, AtomicInteger::get)
        .description("Agent runs this worker follows now")
        .register(registry);
    seen("sandboxes.leased", "Sandboxes that reviews hold, running or parked", Look::leased);
    seen("sandboxes.warm", "Sandboxes that wait for a review", Look::warm);
    seen("sandboxes.leaked", "Sandboxes without an owner", Look::leaked);
    seen(
        "pool.waiting", "Permits that reviews have asked the pool for and wait for", Look::waiting);
    HOLDS.forEach(cause -> held(cause.code()));
    held(OTHER);
    ahead("queued", "Repositories of open batches that have not begun", ahead -> ahead.queued);
    ahead("running", "Repositories of open batches in work or waiting", ahead -> ahead.inWork);
    e2bKeyRefused =
        Counter.builder("repofleet.e2b.key.refused")
            .description("Calls that E2B refused because of the key")
            .register(registry);
    Timer.builder(WorkflowMetrics.PERMIT_WAIT)
        .description(PERMIT_WAIT_HELP)
        .serviceLevelObjectives(PERMIT_WAITS)
        .register(registry);
    beginAtZero();
  }

  /**
   * What is counted for the first time is no increase to Prometheus, which has not seen it at 0:
   * the first refused key would raise no alarm.
   */
  private void beginAtZero() {
    turns(NONE);
    repositories(RepositoryStatus.COMPLETE.code(), NONE);
    for (Cause cause : Cause.values()) {
      turns(cause.code());
      FALLS_SHORT.forEach(status -> repositories(status.code(), cause.code()));
    }
    for (Stage stage : Stage.values()) {
      step(stage.code());
    }
    refused(Cause.SANDBOX_QUOTA);
    refused(Cause.SANDBOX_CREATE_RATE);
  }

  private void seen(String what, String description, ToIntFunction<Look> count) {
    Gauge.builder("repofleet." + what, () -> looked(count))
        .description(description + ", in this worker's last look, if it is a recent one")
        .register(registry);
  }

  private void held(String cause) {
    Gauge.builder(
            "repofleet.pool.held", () -> looked(look -> cause.equals(heldFor(look.held())) ? 1 : 0))
        .description(
            "1 while no permit is given until a person resumes, in this worker's last look, if it"
                + " is a recent one")
        .tag("cause", cause)
        .register(registry);
  }

  /** A pool tells the sentence of the cause, of its own version. */
  private static @Nullable String heldFor(@Nullable String sentence) {
    return sentence == null
        ? null
        : HOLDS.stream()
            .filter(cause -> cause.sentence().equals(sentence))
            .map(Cause::code)
            .findFirst()
            .orElse(OTHER);
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

  /**
   * A pool has compared what it knows with the account.
   *
   * @param leased that reviews hold
   * @param warm that wait for a review
   * @param leaked of the fleet that nobody owns
   * @param waiting permits asked for and not granted
   * @param held why none is granted until a person resumes; absent when that is not so
   */
  public void poolLookedAt(int leased, int warm, int leaked, int waiting, @Nullable String held) {
    look = new Look(leased, warm, leaked, waiting, held, nanoTime.getAsLong());
  }

  /**
   * The open batches of a fleet have said how they stand.
   *
   * @param queued repositories that have not begun
   * @param running those in work, whatever they wait for
   */
  public void workLookedAt(int queued, int running) {
    ahead = new Ahead(queued, running, nanoTime.getAsLong());
  }

  private void ahead(String what, String description, ToIntFunction<Ahead> count) {
    Gauge.builder("repofleet.repositories." + what, () -> aheadNow(count))
        .description(description + ", in this worker's last look, if it is a recent one")
        .register(registry);
  }

  private int aheadNow(ToIntFunction<Ahead> count) {
    Ahead last = ahead;
    return last == null || isOver(last.at()) ? 0 : count.applyAsInt(last);
  }

  private boolean isOver(long at) {
    return nanoTime.getAsLong() - at > LOOK_HOLDS.toNanos();
  }

  private int looked(ToIntFunction<Look> count) {
    Look last = look;
    return last == null || isOver(last.at()) ? 0 : count.applyAsInt(last);
  }

  /**
   * A repository's review has ended and its result is in the store. One whose answer is lost is
   * told again, and counted again.
   */
  public void repositoryEnded(RepositoryReport report) {
    repositories(report.status().code(), report.cause() == null ? NONE : report.cause().code())
        .increment();
    SeverityCounts findings = report.findings();
    findings("critical", findings.critical());
    findings("high", findings.high());
    findings("medium", findings.medium());
    findings("low", findings.low());
    findings("info", findings.info());
    report
        .stepMilliseconds()
        .forEach((step, milliseconds) -> step(step).record(Duration.ofMillis(milliseconds)));
  }

  private Timer step(String step) {
    return Timer.builder("repofleet.step")
        .description("Time that reviews spent in each stage, from queued to release")
        .tag("step", step)
        .serviceLevelObjectives(STEPS)
        .register(registry);
  }

  private Counter repositories(String status, String cause) {
    return Counter.builder("repofleet.repositories")
        .description("Repositories whose review has ended, by status and cause")
        .tag("status", status)
        .tag("cause", cause)
        .register(registry);
  }

  private void findings(String severity, int count) {
    Counter.builder("repofleet.findings")
        .description("Findings of ended reviews, by severity")
        .tag("severity", severity)
        .register(registry)
        .increment(count);
  }

  /** E2B has refused to create or wake a sandbox for now. */
  public void sandboxRefused(Cause cause) {
    refused(cause).increment();
  }

  private Counter refused(Cause cause) {
    return Counter.builder("repofleet.sandboxes.refused")
        .description("Sandboxes that E2B refused to create or wake, by cause")
        .tag("cause", cause.code())
        .register(registry);
  }

  /** E2B has refused a call because of the key. */
  public void e2bKeyRefused() {
    e2bKeyRefused.increment();
  }

  /** A turn has ended and is in the store. */
  public void turnEnded(TurnOutcome turn) {
    String cause = turn.cause() == null ? NONE : turn.cause().code();
    String model = model(turn.model());
    turns(cause).increment();
    UsageTotals usage = turn.usage();
    tokens(model, "input", usage.inputTokens());
    tokens(model, "cache_read", usage.cacheReadTokens());
    tokens(model, "cache_write", usage.cacheWriteTokens());
    tokens(model, "output", usage.outputTokens());
    Counter.builder("repofleet.agent.cost.usd")
        .description("Cost of ended turns in US dollars, as the agent reports it, by model")
        .tag("model", model)
        .register(registry)
        .increment(usage.costUsd());
  }

  private Counter turns(String cause) {
    return Counter.builder("repofleet.agent.turns")
        .description("Agent turns ended, by cause")
        .tag("cause", cause)
        .register(registry);
  }

  /**
   * As the agent says, so it is bounded: what looks like no model, or is one too many, is other.
   */
  private String model(@Nullable String said) {
    if (said == null) {
      return NONE;
    }
    boolean known = models.contains(said);
    if (!known && (models.size() >= MOST_MODELS || !MODEL.matcher(said).matches())) {
      return OTHER;
    }
    models.add(said);
    return said;
  }

  private void tokens(String model, String kind, long count) {
    Counter.builder("repofleet.agent.tokens")
        .description("Tokens of ended turns, by model and kind")
        .tag("model", model)
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

  /** It comes through the SDK, which adds its tags and wants a full histogram. */
  private static final class PermitWaitWithoutTemporalsTags implements MeterFilter {
    @Override
    public Meter.Id map(Meter.Id id) {
      return id.getName().equals(WorkflowMetrics.PERMIT_WAIT)
          ? new Meter.Id(id.getName(), Tags.empty(), null, PERMIT_WAIT_HELP, id.getType())
          : id;
    }
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
