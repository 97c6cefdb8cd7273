package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.machine.SandboxMachine;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * One sandbox: what it was asked for, where it stands, how it is reached. Thread-safe. Its state
 * changes in {@link SandboxRegistry} only.
 */
public final class Sandbox {
  /** The version whose behaviour this server imitates. */
  public static final String ENVD_VERSION = "0.6.13";

  private final String id;
  private final NewSandbox request;
  private final TemplateImage image;
  private final Tokens tokens;
  private final Map<String, String> variables;
  private final SandboxMachine machine;
  private final ProcessTable processes;
  private final SandboxLog log;
  private final SandboxMetrics metrics;
  private final Watchers watchers = new Watchers();
  private NetworkRules network;
  private boolean memoryLost;
  private Instant startedAt;
  private Instant endAt;
  private SandboxState state = SandboxState.STARTING;

  /**
   * The secrets of one sandbox.
   *
   * @param access what envd asks for
   * @param traffic what the ports of its programs ask for, unless they are open to all
   */
  public record Tokens(String access, String traffic) {}

  /**
   * @param variables of every command in it
   */
  public Sandbox(
      String id,
      NewSandbox request,
      TemplateImage image,
      Tokens tokens,
      Map<String, String> variables,
      SandboxMachine machine,
      InstantSource clock) {
    this.id = id;
    this.request = request;
    this.image = image;
    this.tokens = tokens;
    this.variables = Map.copyOf(variables);
    this.machine = machine;
    this.network = request.network();
    this.log = new SandboxLog(clock);
    this.metrics = new SandboxMetrics(clock);
    this.processes = new ProcessTable(machine, log, clock);
    this.startedAt = clock.instant();
    this.endAt = startedAt.plus(request.timeout());
  }

  public String id() {
    return id;
  }

  public NewSandbox request() {
    return request;
  }

  public TemplateImage image() {
    return image;
  }

  public String accessToken() {
    return tokens.access();
  }

  public String trafficToken() {
    return tokens.traffic();
  }

  /** Of every command in it. */
  public Map<String, String> variables() {
    return variables;
  }

  public SandboxLog log() {
    return log;
  }

  /** Cuts all streams: the machine below is paused or gone. */
  public void cutStreams() {
    processes.cutStreams();
    watchers.cutStreams();
  }

  public Watchers watchers() {
    return watchers;
  }

  public SandboxMetrics metrics() {
    return metrics;
  }

  public synchronized NetworkRules network() {
    return network;
  }

  public synchronized void network(NetworkRules rules) {
    network = rules;
  }

  /** Whether its processes ended with its pause, so that it has to boot again. */
  synchronized boolean memoryLost() {
    return memoryLost;
  }

  synchronized void memoryLost(boolean lost) {
    memoryLost = lost;
  }

  public SandboxMachine machine() {
    return machine;
  }

  public ProcessTable processes() {
    return processes;
  }

  public synchronized SandboxState state() {
    return state;
  }

  public synchronized Instant startedAt() {
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

  /** Waits, at most this long, while a change is under way. */
  synchronized SandboxState awaitSettled(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (state.passing()) {
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

  /** One of an earlier server, as its pause left it: it boots again when it is wanted back. */
  synchronized void restorePaused(Instant started, Instant pausedAt) {
    startedAt = started;
    endAt = pausedAt;
    memoryLost = true;
    state = SandboxState.PAUSED;
  }

  /** Sets the end, counted from now, cut at the longest life of a run. */
  synchronized void expireAfter(Instant now, Duration timeout, boolean onlyExtend) {
    Instant cap = startedAt.plus(NewSandbox.MAXIMUM_LIFETIME);
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
  public synchronized ObjectNode json() {
    ObjectNode json = identity();
    putAccessToken(json);
    if (!network.publicTraffic()) {
      json.put("trafficAccessToken", trafficToken());
    }
    return json;
  }

  /** An entry of a list. */
  public synchronized ObjectNode listed() {
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
  public synchronized ObjectNode detail() {
    ObjectNode json = listed();
    putAccessToken(json);
    network.show(json);
    json.set("lifecycle", request.lifecycle().json());
    return json;
  }

  private void putAccessToken(ObjectNode json) {
    if (request.secure()) {
      json.put("envdAccessToken", accessToken());
    }
  }

  private ObjectNode identity() {
    ObjectNode json = Wire.object().put("sandboxID", id).put("templateID", image.templateId());
    if (!image.alias().isEmpty()) {
      json.put("alias", image.alias());
    }
    return json.put("clientID", "local").put("envdVersion", ENVD_VERSION);
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).toString();
  }
}
