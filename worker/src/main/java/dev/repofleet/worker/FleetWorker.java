package dev.repofleet.worker;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.activity.HeldFolder;
import dev.repofleet.worker.agent.AgentActivitiesImpl;
import dev.repofleet.worker.agent.StopActivitiesImpl;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.git.GitActivitiesImpl;
import dev.repofleet.worker.log.ActivityLogContext;
import dev.repofleet.worker.log.RedactedFailures;
import dev.repofleet.worker.metrics.MetricsServer;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.pool.PoolActivitiesImpl;
import dev.repofleet.worker.pool.TemporalPools;
import dev.repofleet.worker.publish.PublishActivitiesImpl;
import dev.repofleet.worker.report.BatchActivitiesImpl;
import dev.repofleet.worker.report.ReportActivitiesImpl;
import dev.repofleet.worker.report.ScheduleActivitiesImpl;
import dev.repofleet.worker.retention.Housekeeping;
import dev.repofleet.worker.retention.HousekeepingThread;
import dev.repofleet.worker.retention.OpenBatches;
import dev.repofleet.worker.retention.Retention;
import dev.repofleet.worker.review.ReviewActivitiesImpl;
import dev.repofleet.worker.sandbox.PoolLink;
import dev.repofleet.worker.sandbox.SandboxActivitiesImpl;
import dev.repofleet.worker.sandbox.SandboxCreation;
import dev.repofleet.worker.sandbox.SandboxPreparation;
import dev.repofleet.worker.secrets.AgentEnvironment;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.worker.verify.VerifyActivitiesImpl;
import dev.repofleet.worker.webhook.Webhook;
import dev.repofleet.worker.webhook.WebhookActivitiesImpl;
import dev.repofleet.workflows.batch.BatchEstimateWorkflowImpl;
import dev.repofleet.workflows.batch.ReviewBatchWorkflowImpl;
import dev.repofleet.workflows.pool.SandboxPoolWorkflowImpl;
import dev.repofleet.workflows.publish.PublishBatchWorkflowImpl;
import dev.repofleet.workflows.review.RepositoryReviewWorkflowImpl;
import dev.repofleet.workflows.schedule.ScheduledBatchWorkflowImpl;
import io.temporal.common.VersioningBehavior;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerDeploymentOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker of a fleet: polls the fleet's two task queues until it is closed. Thread-safe.
 *
 * <p>Closing stops polling, lets short activities end and lets go of agent runs, which other
 * workers follow on; it takes 20 seconds at most. Killing it loses nothing either, only time.
 */
public final class FleetWorker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FleetWorker.class);
  private static final int FIRST_JDK_WITH_VIRTUAL_THREADS = 21;

  /** A beat comes at least this often, however long the timeout: it is how a run learns its end. */
  private static final Duration MAX_HEARTBEAT_THROTTLE = Duration.ofSeconds(10);

  private static final Duration DRAIN = Duration.ofSeconds(14);
  private static final Duration LAST_CALL = Duration.ofSeconds(4);

  private final FleetWorkerOptions options;
  private final E2bClient e2b;
  private final WorkerFactory factory;
  private final @Nullable MetricsServer metricsServer;
  private final HousekeepingThread housekeeping;
  private final WebhookActivitiesImpl webhook;

  private FleetWorker(FleetWorkerOptions options) {
    this.options = options;
    this.e2b = new E2bClient(options.e2b());
    this.webhook = new WebhookActivitiesImpl(Webhook.of(options.environment()), Clock.systemUTC());
    boolean virtual = Runtime.version().feature() >= FIRST_JDK_WITH_VIRTUAL_THREADS;
    this.factory =
        WorkerFactory.newInstance(
            options.client(),
            WorkerFactoryOptions.newBuilder()
                .setUsingVirtualWorkflowThreads(virtual)
                .setWorkerInterceptors(
                    new ActivityLogContext(),
                    new RedactedFailures(KnownSecrets.of(options.environment())))
                .build());
    SandboxConnections connections = new SandboxConnections(e2b);
    PlanSource plans = new PlanSource(options.store());
    registerSteps(virtual, connections, plans);
    registerRuns(virtual, connections, plans);
    this.metricsServer =
        options.metricsPort() < 0
            ? null
            : new MetricsServer(
                options.metricsHost(),
                options.metricsPort(),
                options.metrics(),
                factory::isTerminated,
                () -> factory.isStarted() && !factory.isShutdown());
    this.housekeeping =
        new HousekeepingThread(
            new Housekeeping(
                options.store(),
                OpenBatches.of(options.client()),
                Retention.of(options.environment()),
                Clock.systemUTC()));
  }

  /**
   * Starts to poll and returns.
   *
   * @throws java.io.UncheckedIOException when the metrics port is taken; nothing runs then
   */
  public static FleetWorker start(FleetWorkerOptions options) {
    FleetWorker worker = new FleetWorker(options);
    HeldFolder.deleteLeft();
    worker.factory.start();
    worker.housekeeping.start();
    log.info(
        "Polling {} and {} for up to {} agent runs{}",
        options.fleet().taskQueue(),
        options.fleet().runTaskQueue(),
        options.concurrency(),
        WorkerVersions.of(options.environment())
            .map(version -> " as version " + version.toCanonicalString())
            .orElse(""));
    return worker;
  }

  private void registerSteps(boolean virtual, SandboxConnections connections, PlanSource plans) {
    Worker worker = factory.newWorker(options.fleet().taskQueue(), workerOptions(virtual).build());
    worker.registerWorkflowImplementationTypes(
        ReviewBatchWorkflowImpl.class,
        BatchEstimateWorkflowImpl.class,
        RepositoryReviewWorkflowImpl.class,
        ScheduledBatchWorkflowImpl.class,
        PublishBatchWorkflowImpl.class,
        SandboxPoolWorkflowImpl.class);
    PoolLink pools = new TemporalPools(options.client());
    SandboxCreation creation = new SandboxCreation(e2b, pools, options.metrics());
    worker.registerActivitiesImplementations(
        new SandboxActivitiesImpl(
            e2b,
            connections,
            new SandboxPreparation(options.store(), plans, options.environment()),
            creation,
            pools),
        new PoolActivitiesImpl(options.client(), e2b, pools, creation, options.metrics()),
        new GitActivitiesImpl(connections, options.store(), plans, options.environment()),
        new ReviewActivitiesImpl(connections, options.store(), plans, options.environment()),
        new VerifyActivitiesImpl(
            connections, options.store(), plans, KnownSecrets.of(options.environment())),
        new StopActivitiesImpl(e2b),
        new ReportActivitiesImpl(
            options.store(), options.environment(), options.metrics(), AttemptTime::current),
        new BatchActivitiesImpl(
            options.store(),
            plans,
            options.client(),
            e2b,
            options.environment(),
            AttemptTime::current),
        new ScheduleActivitiesImpl(options.store()),
        new PublishActivitiesImpl(options.store(), options.environment(), Clock.systemUTC()),
        new GateActivitiesImpl(options.client()),
        new BatchLineActivitiesImpl(options.client()),
        webhook,
        new WorkerActivitiesImpl(
            options.store(), plans, new AgentEnvironment(options.environment())));
  }

  private void registerRuns(boolean virtual, SandboxConnections connections, PlanSource plans) {
    Worker worker =
        factory.newWorker(
            options.fleet().runTaskQueue(),
            workerOptions(virtual)
                .setMaxConcurrentActivityExecutionSize(options.concurrency())
                .build());
    AgentEnvironment environment = new AgentEnvironment(options.environment());
    worker.registerActivitiesImplementations(
        new AgentActivitiesImpl(
            connections,
            options.store(),
            plans,
            environment,
            KnownSecrets.of(options.environment()),
            options.metrics()),
        new WorkerActivitiesImpl(options.store(), plans, environment));
  }

  private WorkerOptions.Builder workerOptions(boolean virtual) {
    WorkerOptions.Builder shared =
        WorkerOptions.newBuilder()
            .setUsingVirtualThreads(virtual)
            .setMaxHeartbeatThrottleInterval(MAX_HEARTBEAT_THROTTLE);
    // Not as annotations of the workflows: those are sent by workers without a version too, and the
    // server then refuses whatever they answer (observed, SDK 1.38, server 1.32).
    WorkerVersions.of(options.environment())
        .ifPresent(
            version ->
                shared.setDeploymentOptions(
                    WorkerDeploymentOptions.newBuilder()
                        .setUseVersioning(true)
                        .setVersion(version)
                        .setDefaultVersioningBehavior(VersioningBehavior.AUTO_UPGRADE)
                        .build()));
    return shared;
  }

  /** The port of {@code /metrics}, if there is one. */
  public OptionalInt metricsPort() {
    return metricsServer == null ? OptionalInt.empty() : OptionalInt.of(metricsServer.port());
  }

  @Override
  public void close() {
    housekeeping.close();
    factory.shutdown();
    factory.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    if (!factory.isTerminated()) {
      factory.shutdownNow();
      factory.awaitTermination(LAST_CALL.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (metricsServer != null) {
      metricsServer.close();
    }
    webhook.close();
    e2b.close();
    options.metrics().close();
  }
}
