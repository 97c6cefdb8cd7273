package dev.repofleet.e2b;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Makes handles of the answers of create and connect. Thread-safe. */
final class SandboxHandles {
  private final E2bClient client;
  private final E2bOptions options;
  private final HttpTransport transport;

  SandboxHandles(E2bClient client, E2bOptions options, HttpTransport transport) {
    this.client = client;
    this.options = options;
    this.transport = transport;
  }

  Sandbox of(HttpReply reply, String operation) {
    return of(JsonCodec.read(reply.body(), ApiWire.Handle.class, operation), operation);
  }

  Sandbox of(ApiWire.Handle handle, String operation) {
    String sandboxId = ApiWire.required(handle.sandboxId(), "sandboxID", operation);
    String token = handle.envdAccessToken();
    String trafficToken = handle.trafficAccessToken();
    if (!ApiCalls.isSandboxId(sandboxId) || !fitsHeader(token) || !fitsHeader(trafficToken)) {
      throw new E2bProtocolException(
          "cannot %s: the answer's sandboxID or a token of it holds strange characters"
              .formatted(operation),
          null);
    }
    List<String> secrets = new ArrayList<>(List.of(options.apiKey()));
    if (token != null) {
      secrets.add(token);
    }
    SandboxHosts hosts = SandboxHosts.of(options, handle.domain());
    Envd envd =
        new Envd(
            options,
            transport,
            new FailureMapper(secrets),
            new Envd.Address(sandboxId, envdUrl(sandboxId, hosts, operation), hosts, token),
            null);
    String template = ApiWire.required(handle.templateId(), "templateID", operation);
    String version = handle.envdVersion() == null ? "" : handle.envdVersion();
    return new Sandbox(
        client,
        envd,
        new Sandbox.Facts(template, version, hosts, Optional.ofNullable(trafficToken)),
        Optional.empty());
  }

  private static boolean fitsHeader(@Nullable String token) {
    return token == null || token.matches("[!-~]+");
  }

  private HttpUrl envdUrl(String sandboxId, SandboxHosts hosts, String operation) {
    Optional<URI> configured = options.sandboxUrl();
    if (configured.isPresent()) {
      return ApiCalls.url(configured.get().toString());
    }
    HttpUrl url = hosts.envd(sandboxId);
    if (url == null) {
      throw new E2bProtocolException("cannot " + operation + ": the sandbox has no domain", null);
    }
    return url;
  }
}
