package dev.repofleet.e2b.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpMethod;
import java.util.Optional;

/**
 * Calls into sandboxes: the proxy's answers and envd's door (E2B contract, 2 and 5.2). Thread-safe.
 */
final class DataPlane {
  private final SandboxRegistry registry;
  private final ProcessService processes;
  private final FilesystemService filesystem;
  private final FileTransfer transfer;

  DataPlane(
      SandboxRegistry registry,
      ProcessService processes,
      FilesystemService filesystem,
      FileTransfer transfer) {
    this.registry = registry;
    this.processes = processes;
    this.filesystem = filesystem;
    this.transfer = transfer;
  }

  void handle(Exchange exchange, SandboxAddress address) {
    Optional<Sandbox> found =
        registry
            .find(address.sandboxId())
            .filter(sandbox -> sandbox.state() == SandboxState.RUNNING);
    if (found.isEmpty()) {
      exchange.reply(gone(address));
      return;
    }
    if (address.port() != SandboxAddress.ENVD_PORT) {
      exchange.reply(portClosed(address));
      return;
    }
    Sandbox sandbox = found.get();
    String path = exchange.request().path();
    if (path.equals("/health")) {
      exchange.reply(HttpReply.empty(204));
    } else if (!authorized(exchange, sandbox)) {
      exchange.reply(
          HttpReply.error(401, "unauthenticated: the header X-Access-Token is missing or wrong"));
    } else {
      route(exchange, sandbox, path);
    }
  }

  /** As a fault switch asks for. */
  void restartEnvd(SandboxAddress address) {
    registry.find(address.sandboxId()).ifPresent(sandbox -> sandbox.processes().forget());
  }

  private void route(Exchange exchange, Sandbox sandbox, String path) {
    HttpMethod method = exchange.request().method();
    if (path.equals("/files") && method.equals(HttpMethod.GET)) {
      transfer.download(exchange, sandbox);
    } else if (path.equals("/files") && method.equals(HttpMethod.POST)) {
      transfer.upload(exchange, sandbox);
    } else if (path.startsWith("/process.Process/") && method.equals(HttpMethod.POST)) {
      processes.handle(exchange, sandbox, path.substring("/process.Process/".length()));
    } else if (path.startsWith("/filesystem.Filesystem/") && method.equals(HttpMethod.POST)) {
      filesystem.handle(exchange, sandbox, path.substring("/filesystem.Filesystem/".length()));
    } else {
      exchange.reply(HttpReply.error(404, "this local server's envd has no such endpoint"));
    }
  }

  /** A token that is present must be right; without one a signed file URL will do. */
  private static boolean authorized(Exchange exchange, Sandbox sandbox) {
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
