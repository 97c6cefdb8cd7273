package dev.repofleet.e2b;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The way to the envd of one sandbox, as one Linux user: addresses, headers, plain RPCs. Immutable.
 */
final class Envd {
  /** The port envd listens on in every sandbox. */
  static final int PORT = 49983;

  /** A directory listing of some 50,000 entries; what is larger is refused. */
  private static final long MAX_RPC_REPLY = 16L << 20;

  private final E2bOptions options;
  private final HttpTransport transport;
  private final FailureMapper failures;
  private final String sandboxId;
  private final HttpUrl base;
  private final @Nullable String accessToken;
  private final @Nullable String user;

  Envd(
      E2bOptions options,
      HttpTransport transport,
      FailureMapper failures,
      String sandboxId,
      HttpUrl base,
      @Nullable String accessToken,
      @Nullable String user) {
    this.options = options;
    this.transport = transport;
    this.failures = failures;
    this.sandboxId = sandboxId;
    this.base = base;
    this.accessToken = accessToken;
    this.user = user;
  }

  Envd withUser(String linuxUser) {
    if (!linuxUser.matches("[a-z_][a-z0-9_.-]{0,31}")) {
      throw new IllegalArgumentException("not the name of a Linux user: " + linuxUser);
    }
    return new Envd(options, transport, failures, sandboxId, base, accessToken, linuxUser);
  }

  String sandboxId() {
    return sandboxId;
  }

  E2bOptions options() {
    return options;
  }

  HttpTransport transport() {
    return transport;
  }

  FailureMapper failures() {
    return failures;
  }

  String named(String action) {
    return action + " in sandbox " + sandboxId;
  }

  /** The failure of a call whose answer was not a success. */
  E2bStatusException refusal(String operation, Request request, HttpReply reply) {
    return failures.sandbox(operation, request, reply, sandboxId);
  }

  /** A plain RPC; {@code method} is for example {@code process.Process/List}. */
  <T> T call(String method, Object body, Class<T> replyType, String operation) {
    Request request =
        rpc(method).post(new OneShotBody(OneShotBody.JSON, JsonCodec.write(body))).build();
    HttpReply reply = transport.send(request, operation, MAX_RPC_REPLY);
    if (!reply.successful()) {
      throw refusal(operation, request, reply);
    }
    if (reply.cut()) {
      throw new E2bProtocolException(
          "cannot %s: the answer is longer than %d bytes".formatted(operation, MAX_RPC_REPLY),
          null);
    }
    return JsonCodec.read(reply.body(), replyType, operation);
  }

  /** The request of a streaming RPC. */
  Request stream(String method, Object body, @Nullable Duration timeout) {
    Request.Builder request =
        rpc(method)
            .post(
                new OneShotBody(
                    OneShotBody.CONNECT_JSON, FrameDecoder.encode(JsonCodec.write(body))))
            .header("Accept-Encoding", "identity")
            // Zero or less would crash envd (observed, 0.6.13).
            .header(
                "Keepalive-Ping-Interval",
                Integer.toString(Math.max(1, Seconds.roundUp(options.keepaliveInterval()))));
    if (timeout != null) {
      long millis = Math.max(1, timeout.plusNanos(999_999).toMillis());
      request.header("Connect-Timeout-Ms", Long.toString(millis));
    }
    return request.build();
  }

  private Request.Builder rpc(String method) {
    Request.Builder request =
        to(base.newBuilder().addPathSegments(method).build())
            .header("Connect-Protocol-Version", "1");
    if (user != null) {
      // Not a login: envd takes it as the wish to run as this user.
      byte[] name = (user + ":").getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(name));
    }
    return request;
  }

  /** A request for a file's content. */
  Request.Builder file(String path) {
    HttpUrl.Builder url = base.newBuilder().addPathSegment("files").addQueryParameter("path", path);
    if (user != null) {
      url.addQueryParameter("username", user);
    }
    // OkHttp would ask for gzip, and a compressed answer has neither ranges nor a length.
    return to(url.build()).header("Accept-Encoding", "identity");
  }

  private Request.Builder to(HttpUrl url) {
    Request.Builder request =
        new Request.Builder()
            .url(url)
            .header("User-Agent", E2bClient.USER_AGENT)
            .header("E2b-Sandbox-Id", sandboxId)
            .header("E2b-Sandbox-Port", Integer.toString(PORT));
    if (accessToken != null) {
      request.header("X-Access-Token", accessToken);
    }
    return request;
  }
}
