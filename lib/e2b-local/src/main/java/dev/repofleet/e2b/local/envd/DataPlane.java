package dev.repofleet.e2b.local.envd;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.http.Exchange;
import dev.repofleet.e2b.local.machine.MachineUsage;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.sandbox.SandboxRegistry;
import dev.repofleet.e2b.local.sandbox.SandboxState;
import dev.repofleet.e2b.local.sandbox.Secrets;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.SandboxAddress;
import dev.repofleet.e2b.local.wire.Wire;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls into sandboxes: the proxy's answers and envd's door (E2B contract, 2 and 5.2). Thread-safe.
 */
public final class DataPlane {
  /** The control plane's alone; from outside they are not there (E2B contract, 2.2). */
  private static final Set<String> OWN_ROUTES =
      Set.of("/init", "/freeze", "/unfreeze", "/collapse", "/fsfreeze", "/fsthaw", "/upgrade");

  /** The least life of a sandbox that a request has woken. */
  private static final Duration LEAST_WAKE = Duration.ofMinutes(5);

  private final SandboxRegistry registry;
  private final ProcessService processes;
  private final FilesystemService filesystem;
  private final FileTransfer transfer;
  private final PortProxy proxy;

  public DataPlane(
      SandboxRegistry registry,
      PortProxy proxy,
      ProcessService processes,
      FilesystemService filesystem,
      FileTransfer transfer) {
    this.registry = registry;
    this.proxy = proxy;
    this.processes = processes;
    this.filesystem = filesystem;
    this.transfer = transfer;
  }

  public void handle(Exchange exchange, SandboxAddress address) {
    Optional<Sandbox> found = registry.find(address.sandboxId());
    if (found.isEmpty()) {
      exchange.reply(gone(address));
      return;
    }
    Sandbox sandbox = found.get();
    SandboxState state = sandbox.state();
    boolean wakes = sandbox.request().lifecycle().autoResume();
    if (state.serves()) {
      serve(exchange, sandbox, address);
    } else if (state == SandboxState.PAUSED && wakes) {
      wake(exchange, sandbox, address);
    } else if (state == SandboxState.PAUSED) {
      exchange.reply(gone(address));
    } else {
      exchange.reply(
          HttpReply.json(
              409,
              HttpReply.errorBody(409, "The sandbox is still transitioning. Try again in a moment.")
                  .put("sandboxId", sandbox.id())));
    }
  }

  /** Any request wakes one that was made so, if it may use what it asks for (E2B contract, 8). */
  private void wake(Exchange exchange, Sandbox sandbox, SandboxAddress address) {
    boolean envd = address.port() == SandboxAddress.ENVD_PORT;
    if (envd ? !authorized(exchange, sandbox) : !trafficAllowed(exchange, sandbox)) {
      exchange.reply(HttpReply.error(403, "the token that may resume this sandbox is missing"));
      return;
    }
    exchange.request().pause();
    exchange.execute(
        () -> {
          HttpReply refused = resumed(exchange, sandbox);
          exchange.onEventLoop(
              () -> {
                if (refused == null) {
                  serve(exchange, sandbox, address);
                } else {
                  exchange.reply(refused);
                }
                // Last, so that nothing of the body is lost; a port's proxy does it by itself.
                if (refused != null || envd) {
                  exchange.request().resume();
                }
              });
        });
  }

  private @Nullable HttpReply resumed(Exchange exchange, Sandbox sandbox) {
    try {
      Duration asked = sandbox.request().timeout();
      Duration life = asked.compareTo(LEAST_WAKE) < 0 ? LEAST_WAKE : asked;
      registry.connect(sandbox.id(), life, true);
      return null;
    } catch (ApiException | IOException | InterruptedException failed) {
      return exchange.refusal(failed);
    }
  }

  private void serve(Exchange exchange, Sandbox sandbox, SandboxAddress address) {
    String path = exchange.request().path();
    if (address.port() != SandboxAddress.ENVD_PORT) {
      toPort(exchange, sandbox, address);
    } else if (path.equals("/health")) {
      exchange.reply(HttpReply.empty(204));
    } else if (OWN_ROUTES.contains(path)) {
      exchange.reply(
          HttpReply.json(
              404, HttpReply.errorBody(404, "the path is not open to callers").put("path", path)));
    } else if (!authorized(exchange, sandbox)) {
      exchange.reply(
          HttpReply.error(401, "unauthenticated: the header X-Access-Token is missing or wrong"));
    } else {
      route(exchange, sandbox, path);
    }
  }

  private void toPort(Exchange exchange, Sandbox sandbox, SandboxAddress address) {
    if (trafficAllowed(exchange, sandbox)) {
      proxy.forward(exchange, sandbox, address.port(), portClosed(address));
    } else {
      exchange.reply(
          HttpReply.error(
              403,
              "this sandbox is not open to all: the header e2b-traffic-access-token is missing or"
                  + " wrong"));
    }
  }

  private static boolean trafficAllowed(Exchange exchange, Sandbox sandbox) {
    return sandbox.network().publicTraffic()
        || Secrets.same(sandbox.trafficToken(), exchange.header("e2b-traffic-access-token"));
  }

  /** As a fault switch asks for. */
  public void restartEnvd(SandboxAddress address) {
    registry
        .find(address.sandboxId())
        .ifPresent(
            sandbox -> {
              sandbox.cutStreams();
              sandbox.processes().forget();
            });
  }

  private void route(Exchange exchange, Sandbox sandbox, String path) {
    HttpMethod method = exchange.request().method();
    if (path.equals("/envs") && method.equals(HttpMethod.GET)) {
      ObjectNode variables = Wire.object();
      sandbox.variables().forEach(variables::put);
      exchange.reply(HttpReply.json(200, variables));
    } else if (path.equals("/metrics") && method.equals(HttpMethod.GET)) {
      exchange.run(() -> metrics(sandbox));
    } else if (path.equals("/files") && method.equals(HttpMethod.GET)) {
      transfer.download(exchange, sandbox);
    } else if (path.equals("/files") && method.equals(HttpMethod.POST)) {
      transfer.upload(exchange, sandbox);
    } else if (path.equals("/files/compose") && method.equals(HttpMethod.POST)) {
      exchange.answer(body -> transfer.compose(exchange, sandbox, body));
    } else if (path.startsWith("/process.Process/") && method.equals(HttpMethod.POST)) {
      processes.handle(exchange, sandbox, path.substring("/process.Process/".length()));
    } else if (path.startsWith("/filesystem.Filesystem/") && method.equals(HttpMethod.POST)) {
      filesystem.handle(exchange, sandbox, path.substring("/filesystem.Filesystem/".length()));
    } else {
      exchange.reply(HttpReply.error(404, "this local server's envd has no such endpoint"));
    }
  }

  /** envd's own measurement (E2B contract, 5.2). */
  private static HttpReply metrics(Sandbox sandbox) throws IOException {
    MachineUsage usage =
        sandbox
            .machine()
            .usage()
            .orElseThrow(
                () -> ApiException.of(501, "a simulated sandbox has nothing to be measured"));
    sandbox.metrics().add(usage);
    ObjectNode latest = sandbox.metrics().latest().orElseThrow();
    return HttpReply.json(
        200,
        Wire.object()
            .put("ts", latest.get("timestampUnix").asLong())
            .put("cpu_count", usage.cpuCount())
            .put("cpu_used_pct", latest.get("cpuUsedPct").asDouble())
            .put("mem_total", usage.memoryTotal())
            .put("mem_used", usage.memoryUsed())
            .put("mem_cache", usage.memoryCache())
            .put("mem_total_mib", usage.memoryTotal() >> 20)
            .put("mem_used_mib", usage.memoryUsed() >> 20)
            .put("disk_used", usage.diskUsed())
            .put("disk_total", usage.diskTotal()));
  }

  /** A token that is present must be right; without one a signed file URL will do. */
  private static boolean authorized(Exchange exchange, Sandbox sandbox) {
    if (!sandbox.request().secure()) {
      return true;
    }
    String token = exchange.header("X-Access-Token");
    if (token != null) {
      return Secrets.same(sandbox.accessToken(), token);
    }
    String signature = exchange.parameter("signature");
    if (!exchange.request().path().equals("/files") || signature.isEmpty()) {
      return false;
    }
    String expiration = exchange.parameter("signature_expiration");
    if (!expiration.isEmpty() && !inFuture(expiration)) {
      return false;
    }
    String operation = exchange.request().method().equals(HttpMethod.GET) ? "read" : "write";
    return Secrets.same(
        Secrets.fileSignature(
            exchange.parameter("path"),
            operation,
            exchange.parameter("username"),
            sandbox.accessToken(),
            expiration),
        signature);
  }

  private static boolean inFuture(String unixSeconds) {
    return unixSeconds.matches("\\d{1,18}")
        && Long.parseLong(unixSeconds) >= System.currentTimeMillis() / 1000;
  }

  private static HttpReply gone(SandboxAddress address) {
    ObjectNode body = HttpReply.errorBody(502, "The sandbox was not found");
    return HttpReply.json(502, body.put("sandboxId", Redaction.printable(address.sandboxId())));
  }

  private static HttpReply portClosed(SandboxAddress address) {
    ObjectNode body =
        HttpReply.errorBody(502, "The sandbox is running but port is not open")
            .put("sandboxId", address.sandboxId())
            .put("port", address.port());
    return HttpReply.json(502, body);
  }
}
