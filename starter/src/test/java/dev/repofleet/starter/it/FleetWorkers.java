package dev.repofleet.starter.it;

import dev.repofleet.starter.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Some workers of a {@link SeparateFleet}, each behind links of its own. One that ends, killed or
 * because it did not reach Temporal when it began, is replaced: as whoever runs workers does.
 *
 * <p>Thread-safe. It has a thread that looks for ended ones, until {@link #close}.
 */
public final class FleetWorkers implements AutoCloseable {
  private static final int MOST = 100;
  private static final Duration LOOK = Duration.ofMillis(200);

  private final SeparateFleet fleet;
  private final int concurrency;
  private final List<AttackedWorker> alive = new ArrayList<>();
  private final List<AttackedWorker> all = new ArrayList<>();
  private final Thread supervisor = new Thread(this::supervise, "fleet-workers");
  private Map<String, String> variables = Map.of();
  private volatile boolean closed;

  /**
   * A worker and what connects it.
   *
   * @param name of its log files
   * @param process of it
   * @param links to the servers
   */
  public record AttackedWorker(String name, FleetProcess process, WorkerLinks links) {
    /** Whether this is its name in histories. */
    public boolean is(String identity) {
      return identity.startsWith(process.pid() + "@");
    }
  }

  /** Launches so many, each to follow so many agents, and returns when they poll. */
  public FleetWorkers(SeparateFleet fleet, int count, int concurrency) {
    this.fleet = fleet;
    this.concurrency = concurrency;
    supervisor.setDaemon(true);
    supervisor.start();
    try {
      more(count);
    } catch (AssertionError failed) {
      close();
      throw failed;
    }
  }

  /** Launches so many more, and returns when all poll. */
  public void more(int count) {
    for (int i = 0; i < count; i++) {
      launch();
    }
    Waiting.until("all workers poll", Waiting.LONG, this::allPoll);
  }

  /** Whether each of them, those that replace others included, is ready for work. */
  public synchronized boolean allPoll() {
    return alive.stream().allMatch(worker -> worker.process().err().contains("Polling task"));
  }

  private void supervise() {
    while (!closed) {
      replaceEnded();
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private synchronized void replaceEnded() {
    List<AttackedWorker> ended =
        alive.stream().filter(worker -> !worker.process().isAlive()).toList();
    if (closed) {
      return;
    }
    for (AttackedWorker worker : ended) {
      requireSomeSense();
      alive.remove(worker);
      worker.links().close();
      launch();
    }
  }

  /** A machine on which no worker comes up at all must not be filled with them. */
  private void requireSomeSense() {
    if (all.size() >= MOST) {
      throw new IllegalStateException(all.size() + " workers have ended; no more are launched");
    }
  }

  /** Those launched from now on, to replace others too, get these variables. */
  public synchronized void launchingWith(Map<String, String> more) {
    variables = Map.copyOf(more);
  }

  private synchronized void launch() {
    String name = "worker-" + (all.size() + 1);
    WorkerLinks links = fleet.links(name);
    Map<String, String> with = new HashMap<>(links.environment());
    with.putAll(variables);
    FleetProcess process = fleet.launchWorker(name, concurrency, with);
    AttackedWorker worker = new AttackedWorker(name, process, links);
    alive.add(worker);
    all.add(worker);
  }

  /** Those that live, the oldest first. */
  public synchronized List<AttackedWorker> alive() {
    return List.copyOf(alive);
  }

  /** The living one that has this name in histories. */
  public Optional<AttackedWorker> of(String identity) {
    return alive().stream().filter(worker -> worker.is(identity)).findFirst();
  }

  /** SIGKILL. Blocks until it is gone; another one begins. */
  public void killAndReplace(AttackedWorker worker) {
    worker.process().kill();
    replaceEnded();
  }

  /** The processes of all there ever were. */
  public synchronized List<FleetProcess> processes() {
    return all.stream().map(AttackedWorker::process).toList();
  }

  @Override
  public synchronized void close() {
    closed = true;
    for (AttackedWorker worker : all) {
      worker.links().heal();
      worker.process().close();
      worker.links().close();
    }
  }
}
