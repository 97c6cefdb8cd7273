package dev.repofleet.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.fault.Fault;
import dev.repofleet.e2b.local.fault.FaultKind;
import dev.repofleet.e2b.local.fault.FaultRoute;
import dev.repofleet.e2b.local.simulated.Simulation;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.LeaseOutcome;
import dev.repofleet.workflows.activities.sandbox.SandboxActivities;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A sandbox that comes into being after its attempt was given up leaves nothing behind. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(900)
class LateSandboxesTest {
  private static final String QUEUE = "leasing";
  private static final Duration UNCLAIMED = Duration.ofMinutes(2);

  /** The attempt is given up long before. */
  private static final Duration LATE = Duration.ofSeconds(9);

  private static final Duration SEEN = Duration.ofSeconds(1);

  @TempDir Path folder;

  private LocalSandboxServer server;
  private TestWorkflowEnvironment temporal;
  private E2bClient look;

  /** A review, as far as it leases. */
  @WorkflowInterface
  public interface Leasing {
    /** Leases one sandbox and keeps it. */
    @WorkflowMethod
    LeaseOutcome lease(LeaseInput input);
  }

  /** Gives an attempt up after three seconds. */
  public static final class LeasingImpl implements Leasing {
    @Override
    public LeaseOutcome lease(LeaseInput input) {
      return Workflow.newActivityStub(
              SandboxActivities.class,
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofSeconds(3))
                  .setRetryOptions(
                      RetryOptions.newBuilder().setInitialInterval(Duration.ofMillis(100)).build())
                  .build())
          .lease(input);
    }
  }

  @BeforeEach
  void open() throws Exception {
    server =
        new LocalSandboxServer(
                LocalSandboxOptions.builder(folder.resolve("sandboxes"))
                    .simulate(Simulation.standard())
                    .build())
            .start();
    look = client(Waiting.LONG);
    temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).build());
  }

  @AfterEach
  void close() {
    temporal.close();
    look.close();
    server.close();
  }

  private E2bClient client(Duration requestTimeout) {
    return new E2bClient(
        E2bOptions.builder()
            .apiKey(server.apiKey())
            .apiUrl(server.uri().toString())
            .sandboxUrl(server.uri().toString())
            .requestTimeout(requestTimeout)
            .build());
  }

  /** The first create is served late, by a worker whose requests last so long at the most. */
  private LeaseOutcome leaseWithALateCreate(E2bClient client) {
    ArtifactStore store = ArtifactStores.open(folder.resolve("artifacts").toString());
    server
        .faults()
        .add(
            Fault.of(FaultKind.LATENCY).on(FaultRoute.CREATE).latency(LATE, Duration.ZERO).build());
    // Else a late one would be there for some milliseconds only, and not be seen.
    server
        .faults()
        .add(
            Fault.of(FaultKind.LATENCY)
                .on(FaultRoute.KILL)
                .latency(SEEN, Duration.ZERO)
                .always()
                .build());
    Worker worker = temporal.newWorker(QUEUE);
    worker.registerWorkflowImplementationTypes(LeasingImpl.class);
    worker.registerActivitiesImplementations(
        new RecordingPool()
            .activities(
                client, new SandboxPreparation(store, new PlanSource(store), java.util.Map.of())));
    temporal.start();
    String id = "review/b/k";
    return temporal
        .getWorkflowClient()
        .newWorkflowStub(
            Leasing.class,
            WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue(QUEUE).build())
        .lease(Inputs.lease(id + ":0"));
  }

  private List<String> sandboxes() {
    return look.list(SandboxQuery.all()).stream().map(SandboxInfo::sandboxId).toList();
  }

  @Test
  void isDeletedByTheAttemptThatLearnsOfItTooLate() {
    try (E2bClient client = client(Waiting.LONG)) {
      LeaseOutcome leased = leaseWithALateCreate(client);

      Waiting.until("the late sandbox is there, too", Waiting.LONG, () -> sandboxes().size() == 2);
      Waiting.until(
          "the leased sandbox alone is left",
          Waiting.LONG,
          () -> sandboxes().equals(List.of(leased.sandboxId())));
    }
  }

  @Test
  void isLookedForByTheAttemptThatNeverGotItsAnswer() {
    try (E2bClient client = client(Duration.ofSeconds(5))) {
      LeaseOutcome leased = leaseWithALateCreate(client);

      Waiting.until("the late sandbox is there, too", Waiting.LONG, () -> sandboxes().size() == 2);
      Waiting.until(
          "the leased sandbox alone is left",
          Waiting.LONG,
          () -> sandboxes().equals(List.of(leased.sandboxId())));
    }
  }

  @Test
  void staysWhereAnotherAttemptHasTakenIt() {
    LateSandboxes late = new LateSandboxes(look, UNCLAIMED, Duration.ZERO);
    SandboxSpec spec = SandboxSpec.builder().template("claude").timeout(UNCLAIMED).build();
    String taken = look.create(spec).sandboxId();
    String left = look.create(spec).sandboxId();
    SandboxConnections.connect(look, taken, Duration.ofMinutes(10));

    List.of(taken, left, "i" + "0".repeat(20)).forEach(late::delete);

    assertThat(sandboxes()).containsExactly(taken);
  }
}
