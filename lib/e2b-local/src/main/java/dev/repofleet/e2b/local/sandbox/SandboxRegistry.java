package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Ids;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sandboxes of a server, and the one place where their states change. Thread-safe; no lock is
 * held while processes are started or stopped.
 */
public final class SandboxRegistry {
  private static final Logger log = LoggerFactory.getLogger(SandboxRegistry.class);
  private static final Duration SETTLE = Duration.ofSeconds(15);
  private static final Duration LEAST_REFRESH = Duration.ofSeconds(15);

  private final SandboxFactory factory;
  private final SandboxPower power;
  private final InstantSource clock;
  private final int quota;
  private final CreateRateLimit createRate;
  private final Map<String, Sandbox> sandboxes = new ConcurrentHashMap<>();
  private final Object quotaLock = new Object();
  private final SandboxStatistics statistics = new SandboxStatistics();
  private volatile Set<String> lost = Set.of();
  private boolean closed;

  public SandboxRegistry(
      SandboxFactory factory, InstantSource clock, int quota, CreateRateLimit createRate) {
    this.factory = factory;
    this.power = new SandboxPower(factory, clock);
    this.clock = clock;
    this.quota = quota;
    this.createRate = createRate;
  }

  /** Creates and starts a sandbox; blocks until it runs. */
  public Sandbox create(NewSandbox request) throws InterruptedException {
    Sandbox sandbox = factory.create(Ids.random("i"), request);
    try {
      createRate.acquire();
    } catch (ApiException refused) {
      statistics.refused(true);
      throw refused;
    }
    synchronized (quotaLock) {
      if (closed) {
        throw ApiException.of(503, "the local sandbox server is shutting down");
      }
      statistics.runs(requirePlace());
      statistics.created(clock.instant());
      sandboxes.put(sandbox.id(), sandbox);
    }
    try {
      sandbox.machine().start();
    } catch (IOException | RuntimeException failed) {
      log.warn("sandbox {} did not start: {}", sandbox.id(), failed.getMessage());
      end(sandbox);
      throw ApiException.of(500, "the sandbox did not start: " + failed.getMessage());
    }
    sandbox.beginRun(clock.instant(), request.timeout());
    if (!sandbox.transition(SandboxState.STARTING, SandboxState.RUNNING)) {
      // A shutdown came between; it may have looked for processes before there were any.
      sandbox.machine().destroy();
      factory.discard(sandbox);
      throw ApiException.of(503, "the local sandbox server is shutting down");
    }
    sandbox.log().info("sandbox created", "template", request.template());
    if (request.network().asksForEgressRules()) {
      warnOfNetwork(sandbox);
    }
    SandboxPower.runStartCommand(sandbox);
    return sandbox;
  }

  /** Replaces its egress rules: kept and shown, and nothing more. */
  public void updateNetwork(String id, ObjectNode body) {
    Sandbox sandbox = require(id);
    if (!sandbox.state().serves()) {
      throw ApiException.of(409, "Sandbox " + id + " is not running");
    }
    sandbox.network(sandbox.network().replacedBy(body));
    warnOfNetwork(sandbox);
  }

  private static void warnOfNetwork(Sandbox sandbox) {
    sandbox
        .log()
        .warn(
            "egress rules are recorded and shown, but not enforced: the sandboxes of a local"
                + " server share its machine's network");
  }

  /** A sandbox the API knows, running or paused. */
  public Optional<Sandbox> find(String id) {
    return Optional.ofNullable(sandboxes.get(id)).filter(found -> found.state().visible());
  }

  /** All the API knows, in no order. */
  public List<Sandbox> all() {
    return sandboxes.values().stream().filter(found -> found.state().visible()).toList();
  }

  /** Kills; returns when its processes are dead. False if there is no such sandbox. */
  public boolean kill(String id) {
    Sandbox sandbox = sandboxes.get(id);
    if (sandbox == null || sandbox.state() == SandboxState.STARTING || !sandbox.beginKill()) {
      return false;
    }
    end(sandbox);
    return true;
  }

  /** Sets when it ends, counted from now; zero ends it at the next look. */
  public void setTimeout(String id, Duration timeout) {
    Sandbox sandbox = require(id);
    if (timeout.compareTo(NewSandbox.MAXIMUM_LIFETIME) > 0) {
      throw ApiException.of(400, "Max instance length exceeded");
    }
    sandbox.expireAfter(clock.instant(), timeout, false);
  }

  /** Prolongs; anything below 15 s counts as 15 s. */
  public void refresh(String id, Duration duration) {
    Duration wanted = duration.compareTo(LEAST_REFRESH) < 0 ? LEAST_REFRESH : duration;
    require(id).expireAfter(clock.instant(), wanted, true);
  }

  /**
   * Stops every process where it stands and cuts the streams.
   *
   * @param keepMemory false ends the processes: the sandbox boots again when it is wanted back
   */
  public void pause(String id, boolean keepMemory) throws IOException, InterruptedException {
    Sandbox sandbox = require(id);
    if (sandbox.awaitSettled(SETTLE) == SandboxState.PAUSED) {
      throw ApiException.of(409, "Sandbox " + id + " is already paused");
    }
    SandboxPower.begin(sandbox, SandboxState.RUNNING, SandboxState.PAUSING);
    power.pause(sandbox, keepMemory);
  }

  /**
   * Makes sure it runs, for at least this long from now.
   *
   * @param keepMemory false boots it again in place of letting its processes go on
   * @return whether it had to be resumed
   */
  public boolean connect(String id, Duration timeout, boolean keepMemory)
      throws IOException, InterruptedException {
    Sandbox sandbox = require(id);
    SandboxState state = sandbox.awaitSettled(SETTLE);
    if (state == SandboxState.RUNNING) {
      sandbox.expireAfter(clock.instant(), timeout, true);
      return false;
    }
    synchronized (quotaLock) {
      if (state == SandboxState.PAUSED) {
        statistics.runs(requirePlace());
      }
      SandboxPower.begin(sandbox, SandboxState.PAUSED, SandboxState.RESUMING);
    }
    power.wake(sandbox, timeout, keepMemory);
    return true;
  }

  /** Resumes a paused one; one that runs is a conflict (E2B contract, 1.3). */
  public void resume(String id, Duration timeout, boolean keepMemory)
      throws IOException, InterruptedException {
    if (require(id).awaitSettled(SETTLE) == SandboxState.RUNNING) {
      throw ApiException.of(409, "Sandbox " + id + " is already running");
    }
    connect(id, timeout, keepMemory);
  }

  /**
   * Copies its files, with all processes standing still for that time; what they have in memory is
   * not copied.
   */
  public void copyFiles(String id, Path target) throws IOException, InterruptedException {
    Sandbox sandbox = require(id);
    power.copyFiles(sandbox, sandbox.awaitSettled(SETTLE), target);
  }

  /** Looks for sandboxes whose time is over and ends or pauses them, each as a task of its own. */
  public void evictExpired(Executor workers) {
    Instant now = clock.instant();
    for (Sandbox sandbox : sandboxes.values()) {
      sandbox.processes().dropOld();
      if (sandbox.state() != SandboxState.RUNNING || sandbox.endAt().isAfter(now)) {
        continue;
      }
      if (!sandbox.request().lifecycle().autoPause()) {
        evict(sandbox, SandboxState.KILLING, workers, () -> end(sandbox));
      } else {
        evict(sandbox, SandboxState.PAUSING, workers, () -> pauseExpired(sandbox));
      }
    }
  }

  /** Where no thread is to be had, as when a sandbox has taken all there may be, the next look. */
  private static void evict(
      Sandbox sandbox, SandboxState next, Executor workers, Runnable eviction) {
    if (!sandbox.transition(SandboxState.RUNNING, next)) {
      return;
    }
    try {
      workers.execute(eviction);
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      sandbox.transition(next, SandboxState.RUNNING);
      log.warn("the time of sandbox {} is over, and it goes on: {}", sandbox.id(), "" + noThread);
    }
  }

  private void pauseExpired(Sandbox sandbox) {
    try {
      power.pause(sandbox, sandbox.request().lifecycle().keepMemory());
    } catch (IOException | RpcException failed) {
      log.warn("sandbox {} could not be paused: {}", sandbox.id(), failed.getMessage());
      if (failed instanceof RpcException gone && gone.code() == RpcCode.UNAVAILABLE) {
        kill(sandbox.id()); // Its first process is gone, and it would be tried again for ever.
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A paused sandbox of an earlier server: its files are there, its processes are not. */
  public void restore(SandboxDescription found) {
    Sandbox sandbox = factory.restore(found);
    sandbox.restorePaused(found.startedAt(), found.endAt());
    sandbox.log().warn("found again after a restart of the server: its processes are lost");
    sandboxes.put(sandbox.id(), sandbox);
  }

  /**
   * Kills all, at once, within this time; refuses new ones. The files of paused ones stay for the
   * next server.
   *
   * @return those that are lost
   */
  public Set<String> close(Executor workers, Duration atMost) {
    List<Sandbox> all;
    synchronized (quotaLock) {
      closed = true;
      all = new ArrayList<>(sandboxes.values());
    }
    Set<String> ended = ConcurrentHashMap.newKeySet();
    CountDownLatch done = new CountDownLatch(all.size());
    for (Sandbox sandbox : all) {
      soon(
          workers,
          () -> {
            SandboxState state = sandbox.state();
            // One that is copied is kept as well, and of one just pausing it is known.
            boolean paused =
                state == SandboxState.PAUSED
                    || (state == SandboxState.PAUSING && factory.isKept(sandbox));
            try {
              if (sandbox.beginKill()) {
                if (paused && factory.keep(sandbox)) {
                  stop(sandbox);
                } else {
                  ended.add(sandbox.id());
                  end(sandbox);
                }
              }
            } finally {
              done.countDown();
            }
          });
    }
    try {
      if (!done.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("not every sandbox was ended within {}", atMost);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended;
  }

  /** In this thread where no other is to be had. */
  private static void soon(Executor workers, Runnable task) {
    try {
      workers.execute(task);
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      task.run();
    }
  }

  private void end(Sandbox sandbox) {
    sandbox.beginKill();
    stop(sandbox);
    factory.discard(sandbox);
  }

  private void stop(Sandbox sandbox) {
    sandbox.cutStreams();
    sandbox.machine().destroy();
    sandbox.processes().abandonAll();
    sandboxes.remove(sandbox.id());
  }

  /** A sandbox the API knows; else a refusal with 404. */
  public Sandbox require(String id) {
    return find(id).orElseThrow(() -> notFound(id));
  }

  /** Those that ended with an earlier server are told as lost, and not only as unknown. */
  public void rememberLost(Set<String> ids) {
    lost = Set.copyOf(ids);
    if (!ids.isEmpty()) {
      log.info("{} sandboxes were lost with earlier servers", ids.size());
    }
  }

  public ApiException notFound(String id) {
    String message = "Sandbox \"" + Redaction.printable(id) + "\" was not found";
    return ApiException.of(
        404,
        lost.contains(id)
            ? message
                + ": it was lost with the server that ran it; its processes ended then, and its"
                + " files are deleted"
            : message);
  }

  /** Returns how many there are with the one that wants a place. */
  private int requirePlace() {
    int running = (int) sandboxes.values().stream().filter(one -> one.state().counts()).count();
    if (running >= quota) {
      statistics.refused(false);
      throw ApiException.of(
          429,
          "you have reached the maximum number of concurrent E2B sandboxes (%d). This is a local"
                  .formatted(quota)
              + " server: raise its quota, or wait for one to end");
    }
    return running + 1;
  }

  public SandboxStatistics statistics() {
    return statistics;
  }
}
