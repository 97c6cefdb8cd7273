package dev.repofleet.e2b.local;

import dev.repofleet.e2b.local.control.ControlPlane;
import dev.repofleet.e2b.local.control.FaultsEndpoint;
import dev.repofleet.e2b.local.control.SandboxActions;
import dev.repofleet.e2b.local.control.TemplatesEndpoint;
import dev.repofleet.e2b.local.envd.DataPlane;
import dev.repofleet.e2b.local.envd.FileTransfer;
import dev.repofleet.e2b.local.envd.FilesystemService;
import dev.repofleet.e2b.local.envd.PortProxy;
import dev.repofleet.e2b.local.envd.ProcessService;
import dev.repofleet.e2b.local.envd.WatchService;
import dev.repofleet.e2b.local.fault.Faults;
import dev.repofleet.e2b.local.host.DataDirectory;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.e2b.local.machine.SandboxLauncher;
import dev.repofleet.e2b.local.memory.SimulatedMachines;
import dev.repofleet.e2b.local.sandbox.CreateRateLimit;
import dev.repofleet.e2b.local.sandbox.SandboxFactory;
import dev.repofleet.e2b.local.sandbox.SandboxMachines;
import dev.repofleet.e2b.local.sandbox.SandboxRegistry;
import dev.repofleet.e2b.local.sandbox.SandboxStatistics;
import dev.repofleet.e2b.local.sandbox.Secrets;
import dev.repofleet.e2b.local.template.LocalSandboxFactory;
import dev.repofleet.e2b.local.template.TemplateBuilder;
import dev.repofleet.e2b.local.template.TemplateStore;
import dev.repofleet.e2b.local.wire.Threads;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An E2B-compatible server on 127.0.0.1 whose sandboxes are real processes of this machine, or
 * simulated ones in memory.
 *
 * <p>Thread-safe. Whoever starts it closes it; {@link #close()} kills every process. Processes end
 * with the server, even when it is killed (bubblewrap's die with it; plain ones are killed at the
 * next start on the same data directory). A later server finds paused sandboxes again, with their
 * files alone, and templates and snapshots; of a sandbox that ran it removes what is left on disk,
 * and tells who asks for it that it was lost.
 *
 * <p>What people get wrong: the sandboxes share the machine's network, loopback included. Egress
 * rules are recorded and shown, and not enforced; answers that take them say so by the header
 * {@code X-Not-Enforced}. A port of a sandbox leads to the programs of that sandbox only, by HTTP
 * and by WebSockets.
 *
 * <p>What differs from E2B: snapshots, forks and templates hold files and no processes, so that a
 * template's start command runs anew in each sandbox; builds pull no images and have {@code /usr}
 * read-only; watches compare what is there five times a second; a measurement is made when it is
 * asked for; a terminal needs util-linux's {@code script} 2.37. A process that dies of SIGINT or
 * SIGPIPE is told as exit status 130 or 141, as is one in a terminal that dies of any signal but
 * SIGKILL. Simulated sandboxes have no snapshots, templates, terminals, ports and measurements, and
 * say so.
 */
public final class LocalSandboxServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalSandboxServer.class);
  private static final Duration CLOSE = Duration.ofSeconds(15);
  private static final Duration START = Duration.ofSeconds(20);

  /** envd's own evictor looks this often (E2B contract, 1.7). */
  private static final Duration EVICTION = Duration.ofMillis(50);

  private enum State {
    NEW,
    STARTED,
    CLOSED
  }

  private final LocalSandboxOptions options;
  private final SandboxLauncher launcher = new SandboxLauncher();
  private final ExecutorService workers = Threads.blockingPool("repofleet-sandbox-worker");
  private final Faults faults = new Faults();
  private State state = State.NEW;
  private int port;
  private @Nullable DataDirectory directory;
  private @Nullable SandboxRegistry registry;
  private @Nullable Vertx vertx;

  /**
   * Makes a server that does nothing yet.
   *
   * @param options what it is built from
   */
  public LocalSandboxServer(LocalSandboxOptions options) {
    this.options = options;
  }

  /**
   * Takes the data directory with what an earlier server left there, and listens. Blocks until it
   * does, some 300 ms; at most 20 s for the port.
   *
   * @return this
   * @throws IOException if the port is taken, caused by {@link java.net.BindException}, or the data
   *     directory can't be used; the server is closed then
   * @throws IllegalStateException if it was started or closed before
   */
  public synchronized LocalSandboxServer start() throws IOException {
    if (state != State.NEW) {
      throw new IllegalStateException("cannot start while " + state);
    }
    state = State.STARTED;
    try {
      DataDirectory taken = DataDirectory.take(options.dataDirectory(), workers);
      directory = taken;
      Secrets secrets = new Secrets(options.apiKey());
      InstantSource clock = InstantSource.system();
      SandboxMachines machines = machines(taken, clock);
      TemplateStore templates = TemplateStore.open(taken.templates(), clock);
      SandboxFactory factory =
          new LocalSandboxFactory(options.environment(), templates, machines, secrets, clock);
      SandboxRegistry sandboxes =
          new SandboxRegistry(
              factory, clock, options.quota(), new CreateRateLimit(options.createRate(), clock));
      sandboxes.rememberLost(taken.lost());
      taken.paused().forEach(sandboxes::restore);
      registry = sandboxes;
      TemplatesEndpoint endpoint =
          new TemplatesEndpoint(
              templates, new TemplateBuilder(templates, machines, workers), secrets);
      Vertx engine = newEngine();
      vertx = engine;
      SandboxActions actions = new SandboxActions(sandboxes, templates);
      ControlPlane controlPlane =
          new ControlPlane(
              sandboxes,
              actions,
              endpoint,
              secrets,
              options.simulation().isPresent(),
              new FaultsEndpoint(faults));
      DataPlane dataPlane =
          new DataPlane(
              sandboxes,
              new PortProxy(engine),
              new ProcessService(launcher),
              new FilesystemService(new WatchService(launcher, workers)),
              new FileTransfer());
      listen(engine, new RequestRouter(controlPlane, dataPlane, faults, workers));
      var unused =
          launcher.every(
              EVICTION.toMillis(), TimeUnit.MILLISECONDS, () -> sandboxes.evictExpired(workers));
    } catch (IOException | RuntimeException failed) {
      close();
      throw failed;
    }
    log.info("local sandboxes on port {}: {}", port, options.isolation().reason());
    return this;
  }

  /**
   * Where it listens; control plane and data plane share it.
   *
   * @return {@code http://127.0.0.1:PORT}
   * @throws IllegalStateException unless it is started
   */
  public synchronized URI uri() {
    if (state != State.STARTED) {
      throw new IllegalStateException("cannot tell the address while " + state);
    }
    return URI.create("http://127.0.0.1:" + port);
  }

  /**
   * The key that the control plane asks for. A secret.
   *
   * @return the value for {@code E2B_API_KEY}
   */
  public String apiKey() {
    return options.apiKey();
  }

  /**
   * The variables by which E2B's clients reach it; one of them is the key.
   *
   * @throws IllegalStateException unless it is started
   */
  public Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("E2B_API_KEY", apiKey());
    environment.put("E2B_API_URL", uri().toString());
    environment.put("E2B_SANDBOX_URL", uri().toString());
    return environment;
  }

  /**
   * How its sandboxes are kept apart.
   *
   * @return the kind in use
   */
  public Isolation isolation() {
    return options.isolation();
  }

  /**
   * How its sandboxes were used since its start.
   *
   * @return the same object always
   * @throws IllegalStateException unless it is started
   */
  public synchronized SandboxStatistics statistics() {
    if (registry == null) {
      throw new IllegalStateException("cannot tell statistics while " + state);
    }
    return registry.statistics();
  }

  /**
   * Its fault switches: none unless a test sets some, here or over HTTP.
   *
   * @return the same object always
   */
  public Faults faults() {
    return faults;
  }

  /**
   * Stops listening and kills every process. The files of sandboxes that ran are deleted, those of
   * paused ones stay for the next server. Blocks, at most about 30 s. Closing twice does nothing.
   */
  @Override
  public synchronized void close() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    if (registry != null) {
      remember(registry.close(workers, CLOSE));
    }
    if (vertx != null) {
      await(vertx.close().toCompletionStage().toCompletableFuture(), Duration.ofSeconds(5));
    }
    workers.shutdown();
    if (directory != null) {
      directory.close(Duration.ofSeconds(5));
    }
    workers.shutdownNow();
    // Last: bubblewrap dies with the thread that started it.
    launcher.close();
  }

  private void remember(Set<String> lost) {
    try {
      if (directory != null) {
        directory.rememberLost(lost);
      }
    } catch (IOException failed) {
      log.warn("the next server will not know which sandboxes were lost: {}", failed.toString());
    }
  }

  private SandboxMachines machines(DataDirectory taken, InstantSource clock) {
    return options
        .simulation()
        .<SandboxMachines>map(
            simulation -> new SimulatedMachines(simulation, launcher, workers, clock))
        .orElseGet(() -> new HostMachines(options, taken, launcher, workers));
  }

  private static Vertx newEngine() {
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(2)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(2)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  private void listen(Vertx engine, RequestRouter router) throws IOException {
    HttpServer server =
        engine.createHttpServer(
            new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(options.port())
                .setIdleTimeout(0)
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(true)
                .setMaxInitialLineLength(64 * 1024)
                .setMaxHeaderSize(64 * 1024)
                .setTcpNoDelay(true));
    server.requestHandler(
        request -> {
          // As E2B's servers do: clients compare their clocks by it (RFC 9110, 6.6.1).
          request
              .response()
              .putHeader(
                  HttpHeaders.DATE,
                  DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
          router.handle(request);
        });
    try {
      port =
          server
              .listen()
              .toCompletionStage()
              .toCompletableFuture()
              .get(START.toMillis(), TimeUnit.MILLISECONDS)
              .actualPort();
    } catch (ExecutionException failed) {
      throw new IOException(
          "the local sandbox server can't listen on 127.0.0.1:%d (%s); choose another port"
              .formatted(options.port(), reason(failed)),
          failed.getCause());
    } catch (TimeoutException late) {
      throw new IOException("the local sandbox server did not listen in time", late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting the local sandbox server", interrupted);
    }
  }

  private static String reason(ExecutionException failed) {
    Throwable cause = failed.getCause();
    return cause == null ? "unknown" : String.valueOf(cause.getMessage());
  }

  private static void await(Future<?> future, Duration atMost) {
    try {
      future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      log.warn("the local sandbox server did not stop cleanly: {}", failed.toString());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
