package dev.repofleet.bench;

import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Whether a repository of a large batch costs more than one of a small batch. */
final class GrowthBench implements Benchmark {
  private static final int SANDBOXES = 100;
  private static final int AGENT_SECONDS = 1;

  @Override
  public String parameters() {
    return "[REPOSITORIES...]";
  }

  @Override
  public String about() {
    return "cost of a repository by the size of its batch; 100 1000";
  }

  @Override
  public void run(List<String> arguments) {
    List<Integer> sizes =
        arguments.isEmpty()
            ? List.of(100, 1_000)
            : IntStream.range(0, arguments.size())
                .mapToObj(at -> Benchmark.number(arguments, at, 1))
                .toList();
    try (MeasuredFleet fleet =
        new MeasuredFleet(
            Duration.ofSeconds(AGENT_SECONDS), 1, SANDBOXES, ThroughputBench.CREATE_RATE)) {
      fleet.run("warm-up", 2 * SANDBOXES, SANDBOXES);
      Table table =
          new Table(
              "growth",
              "repositories",
              "took s",
              "worker CPU ms each",
              "server CPU ms each",
              "events of a review",
              "batch's events each",
              "worker RSS MiB");
      for (int size : sizes) {
        measure(fleet, table, "of-" + size, size);
      }
    }
  }

  private static void measure(MeasuredFleet fleet, Table table, String batch, int size) {
    double worker = fleet.workersCpu();
    double server = fleet.serverCpu();
    double took = fleet.run(batch, size, SANDBOXES);
    double workerEach = (fleet.workersCpu() - worker) / size * 1e3;
    double serverEach = (fleet.serverCpu() - server) / size * 1e3;
    WorkflowClient client = fleet.parts().client();
    // Since the index is a moment late.
    Waiting.until(
        "the index knows all reviews",
        Duration.ofMinutes(2),
        () -> client.countWorkflows(reviews(batch)).getCount() >= size);
    table.row(
        size,
        took,
        workerEach,
        serverEach,
        events(client, reviews(batch)) / size,
        events(client, "WorkflowId = '" + Fleet.batchWorkflowId(batch) + "'") / size,
        ProcessUse.of(fleet.workers().get(0).process().pid()).residentMiB());
  }

  private static String reviews(String batch) {
    return "WorkflowId STARTS_WITH '"
        + Fleet.reviewWorkflowId(batch, "")
        + "' AND ExecutionStatus = 'Completed'";
  }

  private static double events(WorkflowClient client, String query) {
    return client.listExecutions(query).mapToLong(execution -> execution.getHistoryLength()).sum();
  }
}
