package dev.repofleet.e2b.local;

import dev.repofleet.e2b.local.control.ControlPlane;
import dev.repofleet.e2b.local.control.FaultsEndpoint;
import dev.repofleet.e2b.local.envd.DataPlane;
import dev.repofleet.e2b.local.fault.FaultKind;
import dev.repofleet.e2b.local.fault.FaultRoute;
import dev.repofleet.e2b.local.fault.Faults;
import dev.repofleet.e2b.local.fault.Strike;
import dev.repofleet.e2b.local.http.Exchange;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.SandboxAddress;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The door of the server: Host check, then control plane or data plane. Thread-safe. */
final class RequestRouter implements Handler<HttpServerRequest> {
  private static final Pattern SANDBOX = Pattern.compile("(?:/v2)?/sandboxes/([a-z0-9]+).*");

  private final ControlPlane controlPlane;
  private final DataPlane dataPlane;
  private final Faults faults;
  private final Executor workers;

  RequestRouter(ControlPlane controlPlane, DataPlane dataPlane, Faults faults, Executor workers) {
    this.faults = faults;
    this.controlPlane = controlPlane;
    this.dataPlane = dataPlane;
    this.workers = workers;
  }

  @Override
  public void handle(HttpServerRequest request) {
    Exchange exchange = new Exchange(request, workers);
    String host = request.getHeader("Host");
    if (host == null || request.headers().getAll("Host").size() != 1) {
      exchange.reply(HttpReply.error(400, "exactly one Host header is needed"));
      return;
    }
    if (!HostCheck.allowed(host)) {
      exchange.reply(
          HttpReply.error(403, "this server answers to localhost, 127.0.0.1 and [::1] only"));
      return;
    }
    String id = request.getHeader("E2b-Sandbox-Id");
    String port = request.getHeader("E2b-Sandbox-Port");
    if ((id == null) != (port == null)) {
      exchange.reply(HttpReply.error(400, "missing header: E2b-Sandbox-Id and -Port go together"));
      return;
    }
    Optional<SandboxAddress> byHost = HostCheck.address(host);
    if (id != null && port != null) {
      byHeaders(exchange, id, port);
    } else if (byHost.isPresent()) {
      intoSandbox(exchange, byHost.get());
    } else {
      toApi(exchange);
    }
  }

  private void toApi(Exchange exchange) {
    String path = exchange.request().path();
    if (path.equals("/health") || path.equals(FaultsEndpoint.PATH)) {
      controlPlane.handle(exchange);
      return;
    }
    FaultRoute route = FaultRoute.ofControl(exchange.request().method().name(), path);
    Matcher id = SANDBOX.matcher(path);
    Strike strike = faults.strike(route, id.matches() ? id.group(1) : "");
    exchange.serve(
        strike,
        () ->
            strike
                .refusal(null)
                .ifPresentOrElse(exchange::reply, () -> controlPlane.handle(exchange)));
  }

  private void intoSandbox(Exchange exchange, SandboxAddress address) {
    HttpServerRequest request = exchange.request();
    FaultRoute route = FaultRoute.ofData(address.port(), request.method().name(), request.path());
    Strike strike = faults.strike(route, address.sandboxId());
    exchange.serve(
        strike,
        () -> {
          if (strike.is(FaultKind.RESTART_ENVD)) {
            dataPlane.restartEnvd(address);
          }
          strike
              .refusal(address)
              .ifPresentOrElse(exchange::reply, () -> dataPlane.handle(exchange, address));
        });
  }

  private void byHeaders(Exchange exchange, String id, @Nullable String port) {
    if (!id.matches("[a-z0-9]{1,64}") || port == null || !port.matches("\\d{1,5}")) {
      exchange.reply(HttpReply.error(400, "invalid sandbox id or port"));
      return;
    }
    intoSandbox(exchange, new SandboxAddress(id, Integer.parseInt(port)));
  }
}
