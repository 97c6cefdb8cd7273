package dev.repofleet.starter.it;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.starter.embedded.SeparateTemporal;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.pool.PoolActivitiesImpl;
import dev.repofleet.worker.pool.TemporalPools;
import dev.repofleet.worker.sandbox.SandboxCreation;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.pool.PoolInput;
import dev.repofleet.workflows.pool.SandboxPoolWorkflow;
import dev.repofleet.workflows.pool.SandboxPoolWorkflowImpl;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a permit costs: a real server, the worker's own activities, and holders that do nothing
 * else. Stateless.
 */
public final class PoolPermits {
  private static final int ALONE = 20;
  private static final int AT_ONCE = 50;
  private static final int FLOOD = 300;

  private PoolPermits() {}

  /**
   * Waits for permits by what else waits, and the pool's events.
   *
   * @param aloneMillis median where nobody else wants one
   * @param aloneEvents of the pool for each of these
   * @param atOnceMillis median of {@value #AT_ONCE} at once
   * @param perSecond permits under load
   * @param loadedEvents of the pool for each of these
   */
  public record Cost(
      long aloneMillis,
      double aloneEvents,
      long atOnceMillis,
      double perSecond,
      double loadedEvents) {}

  /** Measures it; state goes into this folder. */
  public static Cost measure(Path folder) {
    try (LocalAccount account =
            LocalAccount.simulated(folder.resolve("sandboxes"), Duration.ofSeconds(1));
        SeparateTemporal temporal = SeparateTemporal.start(folder);
        E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(account.environment()))) {
      WorkflowClient client = temporal.connection().client();
      WorkerFactory factory = WorkerFactory.newInstance(client);
      work(factory, client, e2b);
      try {
        startPool(client);
        hold(client, "warm-up", 1, 3);
        int before = events(client);
        List<Long> alone = hold(client, "alone", 1, ALONE);
        double aloneEvents = (events(client) - before) / (double) ALONE;
        List<Long> atOnce = hold(client, "at-once", AT_ONCE, 1);
        before = events(client);
        long began = System.nanoTime();
        List<Long> flood = hold(client, "flood", AT_ONCE, FLOOD / AT_ONCE);
        double perSecond =
            flood.size() / (Duration.ofNanos(System.nanoTime() - began).toMillis() / 1e3);
        return new Cost(
            median(alone),
            aloneEvents,
            median(atOnce),
            perSecond,
            (events(client) - before) / (double) flood.size());
      } finally {
        factory.shutdownNow();
      }
    }
  }

  private static void work(WorkerFactory factory, WorkflowClient client, E2bClient e2b) {
    Worker worker = factory.newWorker(Fleet.DEFAULT.taskQueue());
    worker.registerWorkflowImplementationTypes(
        SandboxPoolWorkflowImpl.class, PermitHolderImpl.class);
    TemporalPools pools = new TemporalPools(client);
    FleetMetrics metrics = new FleetMetrics();
    worker.registerActivitiesImplementations(
        new PoolActivitiesImpl(
            client, e2b, pools, new SandboxCreation(e2b, pools, metrics), metrics));
    factory.start();
  }

  private static void startPool(WorkflowClient client) {
    SandboxPoolWorkflow pool =
        client.newWorkflowStub(
            SandboxPoolWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(Fleet.DEFAULT.poolWorkflowId())
                .setTaskQueue(Fleet.DEFAULT.taskQueue())
                .build());
    PoolSettings settings =
        PoolSettings.DEFAULT.with(
            new PoolSettingsChange(1_000, 1_000.0, null, null, null, null, null, null));
    WorkflowClient.start(pool::run, new PoolInput(1, Fleet.DEFAULT.name(), settings, null));
  }

  /** So many holders at once, each of so many permits; returns all waits. */
  private static List<Long> hold(WorkflowClient client, String name, int holders, int permits) {
    List<WorkflowStub> started = new ArrayList<>();
    for (int i = 0; i < holders; i++) {
      PermitHolder holder =
          client.newWorkflowStub(
              PermitHolder.class,
              WorkflowOptions.newBuilder()
                  .setWorkflowId(name + "-" + i)
                  .setTaskQueue(Fleet.DEFAULT.taskQueue())
                  .build());
      WorkflowClient.start(holder::hold, permits);
      started.add(WorkflowStub.fromTyped(holder));
    }
    List<Long> waits = new ArrayList<>();
    for (WorkflowStub holder : started) {
      Arrays.stream(holder.getResult(long[].class)).forEach(waits::add);
    }
    return waits;
  }

  private static int events(WorkflowClient client) {
    return client.fetchHistory(Fleet.DEFAULT.poolWorkflowId()).getHistory().getEventsCount();
  }

  private static long median(List<Long> waits) {
    return waits.stream().sorted().skip(waits.size() / 2).findFirst().orElseThrow();
  }
}
