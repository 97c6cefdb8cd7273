package dev.repofleet.bench;

import dev.repofleet.e2b.local.simulated.AgentScript;
import dev.repofleet.starter.it.FleetProcesses;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.it.ProductCommand;
import dev.repofleet.starter.it.SimulatedBatch;
import dev.repofleet.starter.it.SimulatedFleet;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.batch.BatchOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A Temporal server and workers, each a process of its own, over simulated sandboxes in this one.
 * For one thread.
 */
final class MeasuredFleet implements AutoCloseable {
  /** More options of the workers' JVM, such as {@code -XX:StartFlightRecording}. */
  private static final String WORKER_JVM = "REPOFLEET_BENCH_JVM";

  private static final Duration END = Duration.ofHours(4);

  /** What each agent says in a turn. */
  static final int MESSAGES = 6;

  private static final int MESSAGE_BYTES = 400;
  private static final int FINDINGS = 3;

  private final Path folder;
  private final SimulatedFleet fleet;

  /**
   * Starts it, and returns when the workers poll.
   *
   * @param agent time that each agent works
   * @param sandboxes most at once
   * @param createRate sandboxes a second
   */
  MeasuredFleet(Duration agent, int workers, int sandboxes, int createRate) {
    // As whoever runs a fleet has them: with the JIT compiler that a long life is worth.
    String more = System.getenv().getOrDefault(WORKER_JVM, "").strip();
    System.setProperty(ProductCommand.JVM, ("-Xmx512m " + more).strip());
    try {
      folder = Files.createTempDirectory("repofleet-bench-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.setProperty(FleetProcesses.LOGS, folder.resolve("logs").toString());
    fleet =
        new SimulatedFleet(
            new SimulatedFleet.Setup(
                "bench",
                folder,
                new AgentScript(agent, MESSAGES, MESSAGE_BYTES, FINDINGS),
                workers,
                Math.max(100, sandboxes),
                sandboxes,
                createRate,
                Map.of()));
    TestProgram.Outcome set =
        fleet.run("pool", "set", "--maximum", "" + sandboxes, "--create-rate", "" + createRate);
    if (set.exit() != 0) {
      close();
      throw new IllegalStateException("the pool can't be set: " + set.err());
    }
  }

  SimulatedFleet parts() {
    return fleet;
  }

  /** Starts a batch, as many at once as there are sandboxes. */
  void begin(String batch, int repositories, int window) {
    fleet.begin(new SimulatedBatch.Work(batch, repositories, Math.min(window, 500)).unhurried());
  }

  /**
   * Runs a batch to its end.
   *
   * @return seconds it took
   */
  double run(String batch, int repositories, int window) {
    long start = System.nanoTime();
    begin(batch, repositories, window);
    BatchOutcome outcome = fleet.awaitOutcome(batch, END);
    double seconds = seconds(start);
    if (outcome.tally().count(RepositoryStatus.COMPLETE) != repositories) {
      throw new IllegalStateException(batch + " did not complete: " + outcome);
    }
    return seconds;
  }

  static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  /** CPU that all workers have used so far. */
  double workersCpu() {
    return workers().stream()
        .mapToDouble(worker -> ProcessUse.of(worker.process().pid()).cpuSeconds())
        .sum();
  }

  List<AttackedWorker> workers() {
    return fleet.workers().alive();
  }

  /** CPU that the Temporal server has used so far. */
  double serverCpu() {
    return ProcessUse.of(fleet.parts().temporalServer().pid()).cpuSeconds();
  }

  @Override
  public void close() {
    fleet.close();
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      System.err.println(folder + " could not be deleted: " + e);
    }
  }
}
