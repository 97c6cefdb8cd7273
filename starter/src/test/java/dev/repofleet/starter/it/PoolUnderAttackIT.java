package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.embedded.SeparateTemporal;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.pool.PoolInput;
import dev.repofleet.workflows.pool.PoolStatus;
import dev.repofleet.workflows.pool.SandboxPoolWorkflow;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four batches at once over three workers and one pool of ten places and five creates a second,
 * while answers are lost, requests fail and are refused, sandboxes die, and workers and the server
 * are killed. In the long form 200 repositories: {@link Attack#LONG}.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
@Tag("long")
class PoolUnderAttackIT {
  private static final int WORKERS = 3;
  private static final int BATCHES = 4;
  private static final int PLACES = 10;
  private static final int RATE = 5;
  private static final Duration AGENT = Duration.ofSeconds(3);
  private static final Duration END = Duration.ofMinutes(20);

  @TempDir Path folder = Path.of("");

  private final List<FleetProcess> workers = new ArrayList<>();

  @Test
  void nothing_is_over_the_limits_and_nothing_is_left() throws Exception {
    Attack attack = Attack.begin("PoolUnderAttackIT");
    int repositories = attack.ofLong(50, 12);
    try (LocalAccount account =
            LocalAccount.simulated(folder.resolve("sandboxes"), AGENT, PLACES, RATE);
        SeparateTemporal temporal = SeparateTemporal.start(folder);
        FleetProcesses processes = new FleetProcesses("PoolUnderAttackIT")) {
      WorkflowClient client = temporal.connection().client();
      ArtifactStore store = ArtifactStores.open(folder.resolve("artifacts").toString());
      Map<String, String> environment = environment(account, temporal);
      for (int i = 0; i < WORKERS; i++) {
        launch(processes, environment);
      }
      SandboxPoolWorkflow pool = begin(client);
      account.fail(attack.next(1 << 20));
      long began = System.nanoTime();
      for (int i = 0; i < BATCHES; i++) {
        SimulatedBatch.begin(client, store, "b" + i, repositories, PLACES);
      }
      for (int event = 0; event < attack.ofLong(20, 6); event++) {
        attack.pause(Duration.ofSeconds(8));
        happen(attack, account, temporal, processes, environment);
      }
      for (int i = 0; i < BATCHES; i++) {
        awaitEnd(client, "b" + i);
        assertWhole(store, "b" + i, repositories);
      }
      long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
      account.heal();
      Waiting.until("no sandbox is left", END, () -> account.sandboxes().isEmpty());
      Waiting.until("the pool holds nothing", END, () -> pool.status().total() == 0);
      report(client, account, pool.status(), seconds, BATCHES * repositories);
      assertThat(account.statistics().refusedForQuota()).as("beyond the quota").isZero();
      assertThat(account.statistics().refusedForRate()).as("beyond the rate").isZero();
      assertThat(account.statistics().mostAtOnce()).isLessThanOrEqualTo(PLACES);
      assertThat(pool.status().leaked()).isZero();
    } finally {
      workers.forEach(FleetProcess::close);
    }
  }

  private Map<String, String> environment(LocalAccount account, SeparateTemporal temporal) {
    Map<String, String> environment = new HashMap<>(temporal.environment());
    environment.putAll(account.environment());
    environment.put("REPOFLEET_ARTIFACTS", folder.resolve("artifacts").toString());
    environment.put("REPOFLEET_DATA", folder.resolve("data").toString());
    return environment;
  }

  private void launch(FleetProcesses processes, Map<String, String> environment) {
    FleetProcess worker =
        processes.start(
            "worker-" + workers.size(), folder, environment, "worker", "--metrics-port", "0");
    workers.add(worker);
    worker.awaitErr(Pattern.compile("Polling task queues"), Waiting.LONG);
  }

  private static SandboxPoolWorkflow begin(WorkflowClient client) {
    SandboxPoolWorkflow pool =
        client.newWorkflowStub(
            SandboxPoolWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(Fleet.DEFAULT.poolWorkflowId())
                .setTaskQueue(Fleet.DEFAULT.taskQueue())
                .build());
    PoolSettings settings =
        PoolSettings.DEFAULT.with(
            new PoolSettingsChange(PLACES, (double) RATE, null, null, null, null, null, null));
    WorkflowClient.start(pool::run, new PoolInput(1, Fleet.DEFAULT.name(), settings, null));
    return pool;
  }

  private void happen(
      Attack attack,
      LocalAccount account,
      SeparateTemporal temporal,
      FleetProcesses processes,
      Map<String, String> environment) {
    switch (attack.next(4)) {
      case 0 -> {
        System.out.println("the Temporal server is killed");
        temporal.kill();
        temporal.restart();
      }
      case 1 -> {
        List<FleetProcess> alive = workers.stream().filter(FleetProcess::isAlive).toList();
        System.out.println("a worker is killed");
        attack.one(alive).kill();
        launch(processes, environment);
      }
      default -> {
        List<SandboxInfo> sandboxes = account.sandboxesIfSaid();
        if (!sandboxes.isEmpty()) {
          String sandbox = attack.one(sandboxes).sandboxId();
          System.out.println("sandbox " + sandbox + " dies");
          account.kill(sandbox);
        }
      }
    }
  }

  private static void awaitEnd(WorkflowClient client, String batch) {
    try {
      client
          .newUntypedWorkflowStub(Fleet.batchWorkflowId(batch))
          .getResult(END.toSeconds(), TimeUnit.SECONDS, BatchOutcome.class);
    } catch (TimeoutException e) {
      throw new AssertionError("batch " + batch + " has not ended", e);
    }
  }

  /** A sandbox that dies between a turn's end and its checkpoint takes that work along. */
  private static void assertWhole(ArtifactStore store, String batch, int repositories) {
    List<BatchRow> rows = new BatchRecords(store, batch).batchResult().orElseThrow().repositories();
    assertThat(rows).hasSize(repositories);
    assertThat(rows)
        .filteredOn(row -> row.status() != RepositoryStatus.COMPLETE)
        .allSatisfy(row -> assertThat(row.cause()).isEqualTo("sandbox_lost"));
  }

  private static void report(
      WorkflowClient client,
      LocalAccount account,
      PoolStatus status,
      long seconds,
      int repositories) {
    var events = client.fetchHistory(Fleet.DEFAULT.poolWorkflowId()).getHistory().getEventsCount();
    System.out.printf(
        "%d repositories in %d s; at most %d sandboxes at once and %d created in a second, %d"
            + " created in all; %d events of the pool (%.1f a sandbox); %s%n",
        repositories,
        seconds,
        account.statistics().mostAtOnce(),
        account.statistics().mostInASecond(),
        account.statistics().created(),
        events,
        (double) events / account.statistics().created(),
        status.health());
  }
}
