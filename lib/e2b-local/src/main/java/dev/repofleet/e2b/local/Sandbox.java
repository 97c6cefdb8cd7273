package dev.repofleet.e2b.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * One sandbox: what it was asked for, where it stands, how it is reached. Thread-safe. Its state
 * changes in {@link SandboxRegistry} only.
 */
final class Sandbox {
  /** The version whose behaviour this server imitates. */
  static final String ENVD_VERSION = "0.6.13";

  private final String id;
  private final NewSandbox request;
  private final String accessToken;
  private final SandboxMachine machine;
  private final ProcessTable processes;
  private Instant startedAt;
  private Instant endAt;
  private SandboxState state = SandboxState.STARTING;

  Sandbox(
      String id,
      NewSandbox request,
      String accessToken,
      SandboxMachine machine,
      InstantSource clock) {
    this.id = id;
    this.request = request;
    this.accessToken = accessToken;
    this.machine = machine;
    this.processes = new ProcessTable(machine, clock);
    this.startedAt = clock.instant();
    this.endAt = startedAt.plus(request.timeout());
  }

  String id() {
    return id;
  }

  NewSandbox request() {
    return request;
  }

  String accessToken() {
    return accessToken;
  }

  SandboxMachine machine() {
    return machine;
  }

  ProcessTable processes() {
    return processes;
  }

  synchronized SandboxState state() {
    return state;
  }

  synchronized Instant startedAt() {
    return startedAt;
  }

  synchronized Instant endAt() {
    return endAt;
  }

  /** Changes the state if it stands as expected; wakes those who wait for a change. */
  synchronized boolean transition(SandboxState from, SandboxState to) {
    if (state != from) {
      return false;
    }
    state = to;
    notifyAll();
    return true;
  }

  /** From whatever it is to killing; false if somebody else kills it already. */
  synchronized boolean beginKill() {
    if (state == SandboxState.KILLING) {
      return false;
    }
    state = SandboxState.KILLING;
    notifyAll();
    return true;
  }

  /** Waits, at most this long, while pausing or resuming is under way. */
  synchronized SandboxState awaitSettled(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (state == SandboxState.PAUSING || state == SandboxState.RESUMING) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    return state;
  }

  /** A run begins: created, or resumed. */
  synchronized void beginRun(Instant now, Duration timeout) {
    startedAt = now;
    endAt = now.plus(timeout);
  }

  /** A run ends by a pause: from now on endAt tells when (E2B contract, 1.5). */
  synchronized void endRun(Instant now) {
    endAt = now;
  }

  /** Sets the end, counted from now, cut at the longest life of a run. */
  synchronized void expireAfter(Instant now, Duration timeout, boolean onlyExtend) {
    Instant cap = startedAt.plus(LocalSandboxOptions.MAXIMUM_LIFETIME);
    if (!now.isBefore(cap)) {
      throw ApiException.of(400, "Max instance length exceeded");
    }
    Instant wanted = now.plus(timeout);
    Instant end = wanted.isAfter(cap) ? cap : wanted;
    if (!onlyExtend || end.isAfter(endAt)) {
      endAt = end;
    }
  }

  /** The answer of create and connect. */
  ObjectNode json() {
    ObjectNode json = identity();
    return json.put("envdAccessToken", accessToken);
  }

  /** An entry of a list. */
  synchronized ObjectNode listed() {
    ObjectNode json = identity();
    json.put("startedAt", time(startedAt));
    json.put("endAt", time(endAt));
    json.put("state", state.wireName());
    json.put("cpuCount", Runtime.getRuntime().availableProcessors());
    json.put("memoryMB", 1024);
    json.put("diskSizeMB", 1024);
    ObjectNode metadata = json.putObject("metadata");
    request.metadata().forEach(metadata::put);
    return json;
  }

  /** The answer of get. */
  ObjectNode detail() {
    ObjectNode json = listed();
    json.put("envdAccessToken", accessToken);
    json.putObject("lifecycle")
        .put("onTimeout", request.autoPause() ? "pause" : "kill")
        .put("autoResume", false);
    return json;
  }

  private ObjectNode identity() {
    return Wire.object()
        .put("sandboxID", id)
        .put("templateID", request.template())
        .put("alias", request.template())
        .put("clientID", "local")
        .put("envdVersion", ENVD_VERSION);
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).toString();
  }
}
