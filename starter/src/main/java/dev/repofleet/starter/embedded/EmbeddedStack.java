package dev.repofleet.starter.embedded;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.host.ClaudeInstall;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.starter.codec.CodecServer;
import dev.repofleet.starter.codec.UiOrigins;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ConfiguredStore;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.LocalStack;
import dev.repofleet.starter.command.LocalStackOptions;
import dev.repofleet.worker.FleetWorker;
import dev.repofleet.worker.FleetWorkerOptions;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.encryption.EncryptionKeys;
import dev.repofleet.workflows.client.encryption.PayloadEncryption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything a fleet needs, on this machine: a Temporal dev server, sandboxes and one worker in
 * this process. Thread-safe; the one who started it closes it, and a shutdown hook does when this
 * process is told to end.
 *
 * <p>Its state (workflows, artifacts, the sandboxes' key) stays in the data folder: the next stack
 * on that folder goes on where this one stopped. Sandboxes that run end with the stack. With {@code
 * E2B_API_KEY} set the sandboxes are E2B's, and everything else is still local.
 */
public final class EmbeddedStack implements LocalStack {
  /** The server has just answered; the machine may be busy with everything that starts here. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EmbeddedStackOptions options;
  private final StackParts parts;
  private final TemporalDevServer temporal;
  private final ArtifactStore store;
  private final Sandboxes sandboxes;
  private final FleetWorker worker;
  private volatile Set<String> uiOrigins = Set.of();
  private final Thread hook = new Thread(this::closeParts, "repofleet-shutdown");
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private EmbeddedStack(EmbeddedStackOptions options, StackParts parts, Consumer<String> talk)
      throws IOException {
    this.options = options;
    this.parts = parts;
    Path data = options.folders().data();
    parts.add("the data folder's lock", DataFolderLock.take(data));
    requireFreePorts(options);
    Path logs = PrivateFiles.createFolders(data.resolve("logs"));
    StackLog.to(logs.resolve("repofleet.log"), options.environment());
    sandboxes = sandboxes(options, parts, talk);
    store = ConfiguredStore.at(options.folders().artifacts());
    URI codec = startCodec();
    temporal = parts.add("the Temporal server", startTemporal(options, logs, codec, talk));
    uiOrigins = UiOrigins.of(temporal.ui());
    worker = parts.add("the worker", startWorker());
  }

  /**
   * Starts all parts; blocks for seconds, or for minutes when Temporal must be installed first.
   *
   * @param talk gets lines for a person: what is installed, what is not isolated
   * @throws CommandException with the exit code and the sentence for a person; nothing runs then
   */
  public static EmbeddedStack start(EmbeddedStackOptions options, Consumer<String> talk) {
    StackParts parts = new StackParts();
    EmbeddedStack stack = null;
    try {
      stack = new EmbeddedStack(options, parts, talk);
      Runtime.getRuntime().addShutdownHook(stack.hook);
      return stack;
    } catch (UncheckedIOException e) {
      // A port that was free when it was looked at.
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw CommandException.wrongUse(
          "the data folder "
              + options.folders().data()
              + " can't be used: "
              + e
              + "; name another with --data");
    } finally {
      if (stack == null) {
        parts.close();
      }
    }
  }

  /**
   * As {@link #start}, for one batch on free ports: what {@code --local} asks for.
   *
   * @throws CommandException as there
   */
  public static LocalStack open(LocalStackOptions asked, Consumer<String> talk) {
    EmbeddedStackOptions.Builder builder =
        EmbeddedStackOptions.builder(asked.environment(), asked.home())
            .fleet(asked.fleet())
            .agent(asked.agent())
            .acceptLocalRisk(asked.acceptLocalRisk());
    if (asked.data() != null) {
      builder.data(asked.data());
    }
    return start(builder.build(), talk);
  }

  /** Before anything starts, so that a person hears of it at once. */
  private static void requireFreePorts(EmbeddedStackOptions options) {
    StackPorts ports = options.ports();
    LoopbackPorts.requireFree(ports.temporal(), "the Temporal server", "--port");
    LoopbackPorts.requireFree(ports.ui(), "Temporal's UI", "--ui-port");
  }

  private static TemporalDevServer startTemporal(
      EmbeddedStackOptions options, Path logs, @Nullable URI codec, Consumer<String> talk) {
    Path program =
        TemporalBinary.forThisMachine(options.home(), talk).locate(options.environment());
    return TemporalDevServer.start(
        new TemporalDevServerOptions(
            program,
            options.folders().data().resolve("temporal.db"),
            logs.resolve("temporal.log"),
            options.ports().temporal(),
            options.ports().ui(),
            TemporalDevServerOptions.DEFAULT_START_TIMEOUT,
            options.environment(),
            codec));
  }

  /** The server must know of it when it starts, and only then it is known where the UI is. */
  private @Nullable URI startCodec() {
    try {
      return PayloadEncryption.keys(options.environment())
          .map(PayloadEncryption::codec)
          .map(
              codec -> new CodecServer("127.0.0.1", 0, codec, origin -> uiOrigins.contains(origin)))
          .map(server -> parts.add("the codec endpoint", server).uri())
          .orElse(null);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
  }

  private static boolean usesE2b(Map<String, String> environment) {
    return !environment.getOrDefault("E2B_API_KEY", "").isBlank();
  }

  /** A batch would wait for it, and only the log would say why. */
  private static void requireAccount(E2bOptions account) {
    Checkup checkup = ServiceChecks.account(account);
    if (checkup.state() == Checkup.State.FAILED) {
      throw CommandException.unreachable(
          checkup.part() + ": " + checkup.found() + "; " + checkup.fix(), null);
    }
  }

  private static Sandboxes sandboxes(
      EmbeddedStackOptions options, StackParts parts, Consumer<String> talk) throws IOException {
    if (usesE2b(options.environment())) {
      try {
        E2bOptions account = E2bOptions.fromEnvironment(options.environment());
        requireAccount(account);
        return new Sandboxes(account, true, Map.of());
      } catch (IllegalArgumentException e) {
        throw CommandException.wrongUse(String.valueOf(e.getMessage()));
      }
    }
    LocalSandboxRules rules =
        LocalSandboxRules.decide(
            options.agent(),
            options.acceptLocalRisk(),
            Isolation.detect(),
            ClaudeInstall.find(options.environment()).isPresent());
    rules.remarks().forEach(talk);
    Path data = options.folders().data();
    String key = PrivateFiles.secret(data.resolve("sandbox-key"), "e2b_", new SecureRandom());
    LocalSandboxServer server =
        parts.add(
            "the sandbox server",
            new LocalSandboxServer(
                LocalSandboxOptions.builder(data.resolve("sandboxes"))
                    .isolation(rules.isolation())
                    .port(options.ports().sandboxes())
                    .apiKey(key)
                    .hostEnvironment(options.environment())
                    .build()));
    server.start();
    Map<String, String> exports = server.environment();
    return new Sandboxes(E2bOptions.fromEnvironment(exports), rules.realAgent(), exports);
  }

  private FleetWorker startWorker() {
    FleetMetrics metrics = new FleetMetrics();
    TemporalConnection connection =
        parts.add(
            "the worker's connection",
            TemporalConnection.open(
                TemporalDevServer.clientOf(temporal.address(), options.environment()),
                metrics::instrument,
                PATIENCE));
    connection.requireKeys(options.fleet());
    Map<String, String> environment = new HashMap<>(options.environment());
    if (!sandboxes.realAgent()) {
      for (AgentKind agent : AgentKind.values()) {
        environment.keySet().removeAll(agent.modelVariables());
      }
    }
    FleetWorkerOptions worker;
    try {
      worker =
          FleetWorkerOptions.builder()
              .fleet(options.fleet())
              .client(connection.client())
              .e2b(sandboxes.options())
              .store(store)
              .environment(environment)
              .metricsPort(options.ports().metrics())
              .metrics(metrics)
              .build();
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
    return FleetWorker.start(worker);
  }

  /** A client of the stack's Temporal server; usable until {@link #close}. */
  public TemporalConnection connection() {
    return temporal.connection();
  }

  /** The store the worker writes to. */
  public ArtifactStore store() {
    return store;
  }

  /** Where the stack's state lies. */
  public Path data() {
    return options.folders().data();
  }

  /** The folder of the logs: {@code temporal.log} and {@code repofleet.log}. */
  public Path logs() {
    return data().resolve("logs");
  }

  /** Temporal's web interface. */
  public URI ui() {
    return temporal.ui();
  }

  @Override
  public URI ui(String workflowId) {
    return ui().resolve(
            "/namespaces/"
                + connection().namespace()
                + "/workflows/"
                + URLEncoder.encode(workflowId, StandardCharsets.UTF_8));
  }

  /** The worker's {@code /metrics}. */
  public URI metrics() {
    return URI.create("http://127.0.0.1:" + worker.metricsPort().orElseThrow() + "/metrics");
  }

  /** Where sandboxes come from: a loopback address, or E2B's. */
  public URI sandboxes() {
    return sandboxes.options().apiUrl();
  }

  /**
   * The variables with which a client reaches this stack. {@code TEMPORAL_*} settings of the
   * environment that would lead elsewhere, such as a key or a profile, are blank in it. The
   * sandboxes' key is one of them, unless it came from the environment.
   */
  @Override
  public Map<String, String> environment() {
    Map<String, String> client = new LinkedHashMap<>();
    options.environment().keySet().stream()
        .filter(name -> name.startsWith("TEMPORAL_"))
        .sorted()
        .forEach(name -> client.put(name, ""));
    client.putAll(TemporalDevServer.environmentFor(temporal.address(), options.environment()));
    client.putAll(sandboxes.exports());
    client.put("REPOFLEET_ARTIFACTS", options.folders().artifacts());
    client.put("REPOFLEET_TEMPORAL_UI", ui().toString());
    return client;
  }

  /**
   * Of {@link #environment} what a shell of the same person needs, in the order to print it; not
   * the keys of payloads, which that person has.
   */
  Map<String, String> exports() {
    Map<String, String> exports = new LinkedHashMap<>();
    exports.put("TEMPORAL_ADDRESS", temporal.address());
    environment()
        .forEach(
            (name, value) -> {
              boolean set = !options.environment().getOrDefault(name, "").isEmpty();
              boolean secret = EncryptionKeys.VARIABLES.contains(name);
              if (!secret && (set || !name.startsWith("TEMPORAL_"))) {
                exports.put(name, value);
              }
            });
    boolean named = !options.environment().getOrDefault(FleetOption.VARIABLE, "").isBlank();
    if (named || !options.fleet().equals(Fleet.DEFAULT)) {
      exports.put(FleetOption.VARIABLE, options.fleet().name());
    }
    return exports;
  }

  /**
   * Waits until this stack is closed, as by Ctrl-C, or until its Temporal server ends by itself.
   *
   * @return whether it is no longer of use without having been closed
   */
  boolean awaitFailure() {
    temporal.ended().join();
    return !closing.get();
  }

  /**
   * Ends all parts in reverse order: the worker lets go of its runs, then sandboxes, connections
   * and server. Blocks for half a minute at the most; a second caller waits for the first.
   */
  @Override
  public void close() {
    closeParts();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook runs or has run; there is nothing to take back.
      return;
    }
  }

  private void closeParts() {
    if (closing.compareAndSet(false, true)) {
      try {
        parts.close();
      } finally {
        closed.complete(null);
      }
    }
    closed.join();
  }

  /**
   * Where sandboxes come from.
   *
   * @param realAgent whether a real agent may run there
   * @param exports what another process needs to reach them
   */
  private record Sandboxes(E2bOptions options, boolean realAgent, Map<String, String> exports) {}
}
