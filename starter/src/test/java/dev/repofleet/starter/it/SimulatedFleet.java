package dev.repofleet.starter.it;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.e2b.local.simulated.AgentScript;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import io.temporal.client.WorkflowClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Temporal server and workers, each a process of its own, over simulated sandboxes; the command
 * line runs in this process. For one thread.
 */
public final class SimulatedFleet implements AutoCloseable {
  /** What each agent says in a turn. */
  static final int MESSAGES = 6;

  /** Wide enough for anything. */
  private static final int QUOTA = 1_000;

  /** More agents than a worker has to follow here. */
  private static final int ANY = 100;

  private final Path folder;
  private final CountedAgents agents;
  private final LocalAccount account;
  private final SeparateFleet fleet;
  private final FleetWorkers workers;
  private final ArtifactStore store;

  /**
   * Starts everything, and returns when the workers poll.
   *
   * @param test names the folder of the logs
   * @param folder for everything
   * @param agentTime of a turn, unless the plan's environment says otherwise
   * @param count of workers
   */
  public SimulatedFleet(String test, Path folder, Duration agentTime, int count) {
    this(test, folder, agentTime, count, ANY, Map.of());
  }

  /** The same with workers of which each follows so many agents at once. */
  public SimulatedFleet(String test, Path folder, Duration agentTime, int count, int concurrency) {
    this(test, folder, agentTime, count, concurrency, Map.of());
  }

  /** The same with variables that workers alone get. */
  public SimulatedFleet(
      String test, Path folder, Duration agentTime, int count, Map<String, String> variables) {
    this(test, folder, agentTime, count, ANY, variables);
  }

  private SimulatedFleet(
      String test,
      Path folder,
      Duration agentTime,
      int count,
      int concurrency,
      Map<String, String> variables) {
    this(
        new Setup(
            test,
            folder,
            new AgentScript(agentTime, MESSAGES, 400, 3),
            count,
            concurrency,
            QUOTA,
            QUOTA,
            variables));
  }

  /**
   * All that may differ.
   *
   * @param test names the folder of the logs
   * @param folder for everything
   * @param agent unless the plan's environment says otherwise
   * @param workers how many
   * @param concurrency agents that each of them follows at once
   * @param quota of the account
   * @param createRate of the account, sandboxes a second
   * @param variables that workers alone get
   */
  public record Setup(
      String test,
      Path folder,
      AgentScript agent,
      int workers,
      int concurrency,
      int quota,
      double createRate,
      Map<String, String> variables) {}

  /** Starts everything, and returns when the workers poll. */
  public SimulatedFleet(Setup setup) {
    this.folder = setup.folder();
    this.agents = new CountedAgents(setup.agent());
    this.account =
        LocalAccount.simulated(
            folder.resolve("sandboxes"), agents.simulation(), setup.quota(), setup.createRate());
    try {
      this.fleet = new SeparateFleet(setup.test(), folder, account, setup.variables());
    } catch (RuntimeException | AssertionError failed) {
      account.close();
      throw failed;
    }
    try {
      this.workers = new FleetWorkers(fleet, setup.workers(), setup.concurrency());
    } catch (RuntimeException | AssertionError failed) {
      try (account) {
        fleet.close();
      }
      throw failed;
    }
    this.store = ArtifactStores.open(folder.resolve("artifacts").toString());
  }

  public CountedAgents agents() {
    return agents;
  }

  public LocalAccount account() {
    return account;
  }

  public SeparateFleet parts() {
    return fleet;
  }

  public FleetWorkers workers() {
    return workers;
  }

  public WorkflowClient client() {
    return fleet.temporal().client();
  }

  /** Runs a command to its end. */
  public TestProgram.Outcome run(String... arguments) {
    TestProgram program = new TestProgram(folder);
    fleet.environment().forEach(program::with);
    return program.run(arguments);
  }

  /** Starts a batch. */
  public void begin(SimulatedBatch.Work work) {
    SimulatedBatch.begin(client(), store, work);
  }

  /** How a batch that is known stands. */
  public BatchProgress progress(String batch) {
    return client()
        .newWorkflowStub(ReviewBatchWorkflow.class, Fleet.batchWorkflowId(batch))
        .progress();
  }

  /** The result of a batch's latest run; fails the test when there is none in time. */
  public BatchOutcome awaitOutcome(String batch, Duration atMost) {
    try {
      return client()
          .newUntypedWorkflowStub(Fleet.batchWorkflowId(batch))
          .getResult(atMost.toSeconds(), TimeUnit.SECONDS, BatchOutcome.class);
    } catch (TimeoutException e) {
      throw new AssertionError(
          batch + " has not ended after " + atMost.toSeconds() + " s: " + progress(batch), e);
    }
  }

  /** What the store has of a batch. */
  public BatchRecords records(String batch) {
    return new BatchRecords(store, batch);
  }

  /** {@code batch.json}. */
  public BatchResult result(String batch) {
    return records(batch).batchResult().orElseThrow();
  }

  /** {@code review.json} of a repository. */
  public RepositoryResult review(String batch, String key) {
    return records(batch).result(key).orElseThrow();
  }

  @Override
  public void close() {
    try (account;
        fleet) {
      workers.close();
    }
  }
}
