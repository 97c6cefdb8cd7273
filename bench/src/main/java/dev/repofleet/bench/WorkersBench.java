package dev.repofleet.bench;

import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.it.SimulatedBatch;
import dev.repofleet.workflows.Fleet;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** The same batch by one, two and four workers: who ran what, and where another helps no more. */
final class WorkersBench implements Benchmark {
  private static final int SANDBOXES = 100;

  @Override
  public String parameters() {
    return "[REPOSITORIES [SECONDS]]";
  }

  @Override
  public String about() {
    return "one batch by 1, 2 and 4 workers; 400 5";
  }

  @Override
  public void run(List<String> arguments) {
    int repositories = Benchmark.number(arguments, 0, 400);
    int seconds = Benchmark.number(arguments, 1, 5);
    Table table =
        new Table(
            "workers",
            "workers",
            "took s",
            "design / took",
            "least / took",
            "turns by each",
            "workers' CPU s",
            "server CPU s");
    for (int workers : List.of(1, 2, 4)) {
      try (MeasuredFleet fleet =
          new MeasuredFleet(
              Duration.ofSeconds(seconds), workers, SANDBOXES, ThroughputBench.CREATE_RATE)) {
        fleet.run("warm-up", SANDBOXES, SANDBOXES);
        double cpu = fleet.workersCpu();
        double server = fleet.serverCpu();
        double took = fleet.run("one", repositories, SANDBOXES);
        table.row(
            workers,
            took,
            ThroughputBench.design(repositories, seconds, SANDBOXES) / took,
            ThroughputBench.least(repositories, seconds, SANDBOXES) / took,
            turns(fleet, repositories),
            fleet.workersCpu() - cpu,
            fleet.serverCpu() - server);
      }
    }
  }

  private static String turns(MeasuredFleet fleet, int repositories) {
    Map<String, Integer> turns = new TreeMap<>();
    WorkflowClient client = fleet.parts().client();
    for (int index = 0; index < repositories; index++) {
      String id = Fleet.reviewWorkflowId("one", SimulatedBatch.key("one", index));
      turns.merge(name(fleet, runner(client.fetchHistory(id).getEvents())), 1, Integer::sum);
    }
    StringJoiner text = new StringJoiner(" + ");
    turns.values().forEach(count -> text.add(count.toString()));
    return text.toString();
  }

  private static String name(MeasuredFleet fleet, String identity) {
    return fleet.parts().workers().of(identity).map(AttackedWorker::name).orElse(identity);
  }

  /** Who started the agent, by the history's own word. */
  private static String runner(List<HistoryEvent> events) {
    long run =
        events.stream()
            .filter(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
            .filter(
                event ->
                    event
                        .getActivityTaskScheduledEventAttributes()
                        .getActivityType()
                        .getName()
                        .equals("Run"))
            .findFirst()
            .orElseThrow()
            .getEventId();
    return events.stream()
        .filter(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED)
        .map(HistoryEvent::getActivityTaskStartedEventAttributes)
        .filter(started -> started.getScheduledEventId() == run)
        .findFirst()
        .orElseThrow()
        .getIdentity();
  }
}
