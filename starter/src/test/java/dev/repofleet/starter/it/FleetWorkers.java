package dev.repofleet.starter.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Some workers of a {@link SeparateFleet}, each behind links of its own; a killed one is replaced.
 * For one thread, but for {@link #processes}.
 */
final class FleetWorkers implements AutoCloseable {
  private final SeparateFleet fleet;
  private final int concurrency;
  private final List<AttackedWorker> alive = new ArrayList<>();
  private final List<AttackedWorker> all = new ArrayList<>();

  /**
   * A worker and what connects it.
   *
   * @param name of its log files
   * @param process of it
   * @param links to the servers
   */
  record AttackedWorker(String name, FleetProcess process, WorkerLinks links) {
    /** Whether this is its name in histories. */
    boolean is(String identity) {
      return identity.startsWith(process.pid() + "@");
    }
  }

  /** Launches so many, each to follow so many agents, and returns when they poll. */
  FleetWorkers(SeparateFleet fleet, int count, int concurrency) {
    this.fleet = fleet;
    this.concurrency = concurrency;
    for (int i = 0; i < count; i++) {
      launch();
    }
    alive.forEach(worker -> fleet.polling(worker.process()));
  }

  private void launch() {
    String name = "worker-" + (all.size() + 1);
    WorkerLinks links = fleet.links(name);
    FleetProcess process = fleet.launchWorker(name, concurrency, links.environment());
    AttackedWorker worker = new AttackedWorker(name, process, links);
    alive.add(worker);
    all.add(worker);
  }

  /** Those that live, the oldest first. */
  List<AttackedWorker> alive() {
    return List.copyOf(alive);
  }

  /** The living one that has this name in histories. */
  Optional<AttackedWorker> of(String identity) {
    return alive.stream().filter(worker -> worker.is(identity)).findFirst();
  }

  /** SIGKILL; launches another one and returns at once. */
  void killAndReplace(AttackedWorker worker) {
    worker.process().kill();
    alive.remove(worker);
    worker.links().close();
    launch();
  }

  /** The processes of all there ever were. */
  List<FleetProcess> processes() {
    return all.stream().map(AttackedWorker::process).toList();
  }

  @Override
  public void close() {
    for (AttackedWorker worker : all) {
      worker.links().heal();
      worker.process().close();
      worker.links().close();
    }
  }
}
