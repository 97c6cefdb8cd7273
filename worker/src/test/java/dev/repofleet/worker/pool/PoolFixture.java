package dev.repofleet.worker.pool;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.simulated.Simulation;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.sandbox.SandboxActivitiesImpl;
import dev.repofleet.worker.sandbox.SandboxCreation;
import dev.repofleet.worker.sandbox.SandboxPreparation;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.PoolInput;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A simulated E2B, a Temporal server in memory, the worker's activities, and a pool that listens.
 */
final class PoolFixture implements AutoCloseable {
  static final Fleet FLEET = Fleet.DEFAULT;
  static final String REVIEW = "review/b/k-0123456789";

  final LocalSandboxServer server;
  final TestWorkflowEnvironment temporal;
  final WorkflowClient client;
  final E2bClient e2b;
  final FleetMetrics metrics = new FleetMetrics();
  private final ArtifactStore store;

  /** Executes one activity and ends; signals are only heard. */
  @WorkflowInterface
  public interface Step {
    /** The activity's result as it is. */
    @WorkflowMethod(name = "Step")
    @Nullable Object run(String activity, Object input);

    /** What the pool tells a review. */
    @SignalMethod
    void permit(Object reply);

    /** What the pool tells a batch. */
    @SignalMethod
    void held(Object hold);

    /** The signals so far. */
    @QueryMethod
    int heard();
  }

  /** The activity type {@code Wait} is no activity: the workflow stays open. */
  public static final class StepImpl implements Step {
    private int heard;

    @Override
    public @Nullable Object run(String activity, Object input) {
      if (activity.equals("Wait")) {
        Workflow.await(() -> false);
      }
      return Workflow.newUntypedActivityStub(
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Waiting.LONG)
                  .setRetryOptions(
                      RetryOptions.newBuilder()
                          .setInitialInterval(Duration.ofMillis(50))
                          .setMaximumAttempts(3)
                          .build())
                  .build())
          .execute(activity, Object.class, input);
    }

    @Override
    public void permit(Object reply) {
      heard++;
    }

    @Override
    public void held(Object hold) {
      heard++;
    }

    @Override
    public int heard() {
      return heard;
    }
  }

  /** A pool that only listens. */
  @WorkflowInterface
  public interface Listening {
    /** Stays open. */
    @WorkflowMethod(name = "SandboxPool")
    void run(PoolInput input);

    /** A request. */
    @SignalMethod
    void acquire(LeaseRequest request);

    /** A permit that comes back. */
    @SignalMethod
    void ended(LeaseEnded lease);

    /** Of the provider. */
    @SignalMethod
    void trouble(ProviderTrouble trouble);

    /** All it heard, in order, in words. */
    @QueryMethod
    List<String> heard();
  }

  /** Writes down. */
  public static final class ListeningImpl implements Listening {
    private final List<String> heard = new ArrayList<>();

    @Override
    public void run(PoolInput input) {
      heard.add(0, "began for " + input.fleet());
      Workflow.await(() -> false);
    }

    @Override
    public void acquire(LeaseRequest request) {
      heard.add("acquire " + request.leaseId());
    }

    @Override
    public void ended(LeaseEnded lease) {
      heard.add(lease.how().code() + " " + lease.leaseId() + " " + lease.sandboxId());
    }

    @Override
    public void trouble(ProviderTrouble trouble) {
      heard.add(trouble.cause().code());
    }

    @Override
    public List<String> heard() {
      return heard;
    }
  }

  PoolFixture(Path folder, int quota) throws IOException {
    server =
        new LocalSandboxServer(
                LocalSandboxOptions.builder(folder.resolve("sandboxes"))
                    .simulate(Simulation.standard())
                    .quota(quota)
                    .createRate(100)
                    .build())
            .start();
    e2b = new E2bClient(E2bOptions.fromEnvironment(server.environment()));
    temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).build());
    client = temporal.getWorkflowClient();
    store = ArtifactStores.open(folder.resolve("artifacts").toString());
    TemporalPools pools = new TemporalPools(client);
    SandboxCreation creation = new SandboxCreation(e2b, pools, metrics);
    Worker worker = temporal.newWorker(FLEET.taskQueue());
    worker.registerWorkflowImplementationTypes(StepImpl.class, ListeningImpl.class);
    worker.registerActivitiesImplementations(
        new PoolActivitiesImpl(client, e2b, pools, creation, metrics), sandboxActivities(e2b));
    temporal.start();
  }

  /** The activities by this client. */
  SandboxActivitiesImpl sandboxActivities(E2bClient by) {
    TemporalPools pools = new TemporalPools(client);
    return new SandboxActivitiesImpl(
        by,
        new SandboxConnections(by),
        new SandboxPreparation(store, new PlanSource(store), Map.of()),
        new SandboxCreation(by, pools, metrics),
        pools);
  }

  /** Starts a workflow that executes one activity; {@code Wait} stays open. */
  String start(String workflowId, String activity, Object input) {
    Step step =
        client.newWorkflowStub(
            Step.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(workflowId)
                .setTaskQueue(FLEET.taskQueue())
                .build());
    return WorkflowClient.start(step::run, activity, input).getRunId();
  }

  /** An open review; returns its run. */
  String open(String workflowId) {
    return start(workflowId, "Wait", "");
  }

  void terminate(String workflowId) {
    client.newUntypedWorkflowStub(workflowId).terminate("by the test");
  }

  /** A review that has ended; returns its run. */
  String ended(String workflowId) {
    String run = open(workflowId);
    terminate(workflowId);
    return run;
  }

  <T> T execute(String activity, Object input, Class<T> result) {
    return execute(REVIEW, activity, input, result);
  }

  <T> T execute(String workflowId, String activity, Object input, Class<T> result) {
    start(workflowId, activity, input);
    return client.newUntypedWorkflowStub(workflowId).getResult(result);
  }

  /** The failure that the activity ended with. */
  ApplicationFailure failure(String activity, Object input) {
    try {
      Object result = execute(activity, input, Object.class);
      throw new AssertionError(activity + " gave " + result);
    } catch (WorkflowFailedException e) {
      ActivityFailure failure = (ActivityFailure) Objects.requireNonNull(e.getCause());
      return (ApplicationFailure) Objects.requireNonNull(failure.getCause());
    }
  }

  /** What the pool has heard; empty when there is none. */
  List<String> heard() {
    try {
      WorkflowStub pool = client.newUntypedWorkflowStub(FLEET.poolWorkflowId());
      @SuppressWarnings("unchecked")
      List<String> heard = pool.query("heard", List.class);
      return heard;
    } catch (io.temporal.client.WorkflowNotFoundException e) {
      return List.of();
    }
  }

  /** A sandbox with these labels. */
  String sandbox(Map<String, String> labels) {
    return e2b.create(
            SandboxSpec.builder()
                .template("claude")
                .timeout(Duration.ofMinutes(10))
                .metadata(labels)
                .build())
        .sandboxId();
  }

  List<SandboxInfo> sandboxes() {
    return e2b.list(SandboxQuery.all());
  }

  List<String> ids() {
    return sandboxes().stream().map(SandboxInfo::sandboxId).toList();
  }

  @Override
  public void close() {
    temporal.close();
    e2b.close();
    server.close();
    metrics.close();
  }
}
