package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.embedded.WorkerDeployment.Routing;
import dev.repofleet.starter.server.FleetWorkers.Seen;
import dev.repofleet.worker.WorkerVersions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Whether the workers that poll are the ones that get tasks, where they have versions. */
final class VersionChecks {
  static final String PART = "worker versions";

  private final Function<String, Routing> routings;
  private final Optional<String> owner;
  private final List<Seen> workers;

  /**
   * Of a fleet.
   *
   * @param routings of worker deployments by name; may throw {@link CommandException}
   * @param owner the deployment whose current version gets the fleet's tasks, if any
   * @param workers that poll
   */
  VersionChecks(Function<String, Routing> routings, Optional<String> owner, List<Seen> workers) {
    this.routings = routings;
    this.owner = owner;
    this.workers = List.copyOf(workers);
  }

  /**
   * One check for each worker deployment that is seen, and for the one that gets the tasks: it may
   * have no worker any more. None in a fleet without versions.
   */
  List<Checkup> all() {
    Map<String, NavigableSet<String>> builds = new TreeMap<>();
    owner.ifPresent(name -> builds.put(name, new TreeSet<>()));
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
    Routing routing;
    try {
      routing = routings.apply(name);
    } catch (CommandException e) {
      return Checkup.failed(PART, String.valueOf(e.getMessage()), "run doctor again");
    }
    String current = routing.current();
    if (current == null) {
      if (polling.isEmpty()) {
        return Checkup.ok(PART, name + ": no build is current any more");
      }
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
    long without =
        workers.stream()
            .filter(worker -> !worker.polls().isEmpty() && worker.deployment() == null)
            .count();
    if (!polling.contains(current)) {
      return Checkup.failed(
          PART,
          name + ": " + routing.text() + ", and none of its workers polls: nothing gets done",
          "start one"
              + (polling.isEmpty()
                  ? ""
                  : "; or move on: " + WorkerDeployment.command(name, polling.last()))
              + (without == 0
                  ? ""
                  : "; or let those without a version have the work: "
                      + WorkerDeployment.unversioned(name)));
    }
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
              + (idle.isEmpty()
                  ? "give all workers a version"
                  : WorkerDeployment.command(name, idle.last())));
    }
    return Checkup.ok(PART, name + ": " + routing.text());
  }
}
