package dev.repofleet.starter.embedded;

import dev.repofleet.starter.CommandException;
import dev.repofleet.starter.review.FleetWorkers.Seen;
import dev.repofleet.worker.WorkerVersions;
import dev.repofleet.workflows.client.TemporalConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** Whether the workers that poll are the ones that get tasks, where they have versions. */
final class VersionChecks {
  private static final String PART = "worker versions";

  private final TemporalConnection connection;
  private final List<Seen> workers;

  VersionChecks(TemporalConnection connection, List<Seen> workers) {
    this.connection = connection;
    this.workers = workers;
  }

  /** One check for each worker deployment that is seen; none where no worker has a version. */
  List<Checkup> all() {
    Map<String, NavigableSet<String>> builds = new TreeMap<>();
    for (Seen worker : workers) {
      if (worker.deployment() != null && worker.buildId() != null) {
        builds.computeIfAbsent(worker.deployment(), name -> new TreeSet<>()).add(worker.buildId());
      }
    }
    List<Checkup> checks = new ArrayList<>();
    builds.forEach((name, polling) -> checks.add(check(name, polling)));
    return checks;
  }

  private Checkup check(String name, NavigableSet<String> polling) {
    WorkerDeployment deployment = new WorkerDeployment(connection, name);
    WorkerDeployment.Routing routing;
    try {
      routing = deployment.routing();
    } catch (CommandException e) {
      return Checkup.failed(PART, String.valueOf(e.getMessage()), "run doctor again");
    }
    String current = routing.current();
    if (current == null) {
      return Checkup.failed(
          PART,
          "no version of worker deployment " + name + " is current: its workers get no work",
          "`repofleet setup` with "
              + WorkerVersions.DEPLOYMENT
              + "="
              + name
              + " and "
              + WorkerVersions.BUILD
              + "="
              + polling.last()
              + " makes that build current");
    }
    if (!polling.contains(current)) {
      return Checkup.failed(
          PART,
          name + ": " + routing.text() + ", and none of its workers polls: nothing gets done",
          "start one, or move on: " + deployment.command(polling.last()));
    }
    long without =
        workers.stream()
            .filter(worker -> !worker.polls().isEmpty() && worker.deployment() == null)
            .count();
    NavigableSet<String> idle = new TreeSet<>(polling);
    idle.remove(current);
    idle.removeIf(build -> Objects.equals(build, routing.ramping()));
    if (without > 0 || !idle.isEmpty()) {
      return Checkup.note(
          PART,
          name
              + ": "
              + routing.text()
              + "; workers that get no new work: "
              + (idle.isEmpty() ? "" : "of build " + String.join(", ", idle))
              + (idle.isEmpty() || without == 0 ? "" : ", and ")
              + (without == 0 ? "" : without + " without a version"),
          "they can be ended; or move on: "
              + (idle.isEmpty() ? "give all workers a version" : deployment.command(idle.last())));
    }
    return Checkup.ok(PART, name + ": " + routing.text());
  }
}
