package dev.repofleet.e2b.local.sandbox;

import dev.repofleet.e2b.local.http.EventStream;
import dev.repofleet.e2b.local.machine.ExitStatus;
import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.ProcessConfig;
import dev.repofleet.e2b.local.machine.SandboxMachine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The processes that were started in one sandbox through the server. Thread-safe. */
public final class ProcessTable {
  /** How long an ended process still answers Connect with its end (E2B contract, 4.4). */
  public static final Duration RETENTION = Duration.ofSeconds(30);

  private record Ended(SandboxProcess process, Instant until) {}

  private final SandboxMachine machine;
  private final SandboxLog log;
  private final InstantSource clock;
  private final Map<Long, SandboxProcess> live = new ConcurrentHashMap<>();
  private final Map<Long, Ended> ended = new ConcurrentHashMap<>();
  private final Set<SandboxProcess> forgotten = ConcurrentHashMap.newKeySet();

  public ProcessTable(SandboxMachine machine, SandboxLog log, InstantSource clock) {
    this.machine = machine;
    this.log = log;
    this.clock = clock;
  }

  /**
   * Starts a process; returns when it runs, or refuses when its directory does not exist. The
   * caller hands it to {@link #begin} next.
   */
  public SandboxProcess start(ProcessConfig config, LinuxUser user) throws IOException {
    return new SandboxProcess(config, machine.launch(config, user));
  }

  /** Lists a started process and lets its output flow, to its first clients before all. */
  public void begin(SandboxProcess process, List<EventStream> first) throws InterruptedException {
    ended.remove(process.pid());
    live.put(process.pid(), process);
    // Never its arguments: what callers pass there is theirs.
    log.info(
        "process started", "pid", Long.toString(process.pid()), "cmd", process.config().command());
    process.begin(first, status -> retain(process, status));
  }

  public List<SandboxProcess> live() {
    return List.copyOf(live.values());
  }

  /** A process that runs. */
  public Optional<SandboxProcess> live(ProcessSelector selector) {
    return live.values().stream().filter(selector::matches).findFirst();
  }

  /** A process that runs, or ended not long ago. */
  public Optional<SandboxProcess> known(ProcessSelector selector) {
    dropOld();
    return live(selector)
        .or(
            () ->
                ended.values().stream().map(Ended::process).filter(selector::matches).findFirst());
  }

  /** Cuts all streams: the machine below is paused or gone. */
  void cutStreams() {
    live.values().forEach(SandboxProcess::cut);
  }

  /** As if envd had died: streams are cut, nothing is listed any more, and what runs goes on. */
  public void forget() {
    cutStreams();
    forgotten.addAll(live.values());
    live.clear();
    ended.clear();
  }

  /** What ran has been killed with the machine below, which will boot again. */
  void lose() {
    abandonAll();
    forgotten.addAll(live.values());
    live.clear();
    ended.clear();
  }

  /** After the sandbox has been killed. */
  void abandonAll() {
    live.values().forEach(SandboxProcess::abandon);
    forgotten.forEach(SandboxProcess::abandon);
  }

  /** Forgets ended processes whose time is over. */
  void dropOld() {
    Instant now = clock.instant();
    ended.values().removeIf(entry -> !entry.until().isAfter(now));
  }

  private void retain(SandboxProcess process, ExitStatus status) {
    log.info("process ended", "pid", Long.toString(process.pid()), "status", status.text());
    if (!forgotten.remove(process)) {
      ended.put(process.pid(), new Ended(process, clock.instant().plus(RETENTION)));
      live.remove(process.pid(), process);
    }
  }
}
