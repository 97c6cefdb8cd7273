package dev.repofleet.starter.embedded;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.e2b.AuthenticationException;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ConfiguredStore;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.worker.FleetWorker;
import dev.repofleet.worker.FleetWorkerOptions;
import dev.repofleet.worker.LoginNotice;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code worker}: one worker of the fleet, until it is told to end. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    description = {
      "Runs one worker. Temporal, E2B, the model and the artifact store come from the environment.",
      "SIGTERM drains: runs are let go and another worker takes them up."
    },
    footer = {
      "",
      "Example:",
      "  TEMPORAL_ADDRESS=temporal.example:7233 E2B_API_KEY=... ANTHROPIC_API_KEY=... \\",
      "  REPOFLEET_ARTIFACTS=/shared/artifacts repofleet worker"
    })
public final class WorkerCommand implements Callable<Integer> {
  /** A worker may be started together with its server, on a machine that is busy with both. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(WorkerCommand.class);

  private static final String LOOPBACK = "127.0.0.1";

  private final CommandContext context;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "100",
      description = "Most agent runs followed at once. Default: ${DEFAULT-VALUE}")
  private int concurrency;

  @Option(
      names = "--metrics-port",
      paramLabel = "P",
      defaultValue = "9464",
      description =
          "Port of /metrics, /healthz and /readyz; 0 takes a free one, -1 none. Default: ${DEFAULT-VALUE}")
  private int metricsPort;

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  /** In the world of a context. */
  public WorkerCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Terminal terminal = Terminal.of(spec);
    Fleet asked = fleet.in(context);
    if (metricsPort > 0 && metricsHost().equals(LOOPBACK)) {
      LoopbackPorts.requireFree(metricsPort, "metrics", "--metrics-port");
    }
    StackLog.informing();
    StackParts parts = new StackParts();
    try {
      FleetWorker worker = start(asked, parts, terminal);
      Runtime.getRuntime().addShutdownHook(new Thread(parts::close, "repofleet-shutdown"));
      worker
          .metricsPort()
          .ifPresent(
              port -> terminal.say("Metrics at http://" + metricsHost() + ":" + port + "/metrics"));
      new CountDownLatch(1).await();
      return 0;
    } finally {
      parts.close();
    }
  }

  private FleetWorker start(Fleet asked, StackParts parts, Terminal terminal) {
    E2bOptions e2b = e2b();
    requireKey(e2b);
    ArtifactStore store = ConfiguredStore.of(context);
    FleetMetrics metrics = new FleetMetrics();
    TemporalConnection connection =
        parts.add(
            "the connection",
            TemporalConnection.open(
                context.environment(),
                stubs -> new LoginNotice().listen(metrics.instrument(stubs)),
                PATIENCE));
    connection.requireKeys(asked);
    FleetWorkerOptions options;
    try {
      options =
          FleetWorkerOptions.builder()
              .fleet(asked)
              .client(connection.client())
              .e2b(e2b)
              .store(store)
              .environment(context.environment())
              .concurrency(concurrency)
              .metricsPort(metricsPort)
              .metricsHost(metricsHost())
              .metrics(metrics)
              .build();
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
    FleetWorker worker = parts.add("the worker", start(options));
    terminal.say(
        "Polling task queues %s and %s at %s, namespace %s"
            .formatted(
                options.fleet().taskQueue(),
                options.fleet().runTaskQueue(),
                connection.address(),
                connection.namespace()));
    return worker;
  }

  private static FleetWorker start(FleetWorkerOptions options) {
    try {
      return FleetWorker.start(options);
    } catch (UncheckedIOException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
  }

  /** Whoever reaches it sees what the fleet costs: other machines only where that is wanted. */
  private String metricsHost() {
    String host = context.environment().getOrDefault("REPOFLEET_METRICS_HOST", "").strip();
    return host.isEmpty() ? LOOPBACK : host;
  }

  private E2bOptions e2b() {
    try {
      return E2bOptions.fromEnvironment(context.environment());
    } catch (IllegalArgumentException e) {
      throw CommandException.unreachable(
          e.getMessage() + "; `repofleet sandboxes serve` runs sandboxes on this machine", e);
    }
  }

  /**
   * A worker whose key is refused would take up what others could do, and fail it. One that can't
   * reach E2B just now is started: that passes, and its work waits.
   */
  private static void requireKey(E2bOptions e2b) {
    try (E2bClient client = new E2bClient(e2b)) {
      client.list(SandboxQuery.builder().state(SandboxState.RUNNING).build());
    } catch (AuthenticationException e) {
      throw CommandException.unreachable(
          e2b.apiUrl() + " refuses the key: set E2B_API_KEY to a valid one", e);
    } catch (E2bException e) {
      LOG.warn("{} does not answer yet: {}", e2b.apiUrl(), e.getMessage());
    }
  }
}
