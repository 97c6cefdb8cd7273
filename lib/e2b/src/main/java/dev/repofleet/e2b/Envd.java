package dev.repofleet.e2b;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The way to the envd of one sandbox, as one Linux user: addresses, headers, plain RPCs. Immutable.
 */
final class Envd {
  /** What adduser takes for a name, and a header carries. */
  static final Pattern LINUX_USER = Pattern.compile("[a-z_][a-z0-9_.-]{0,31}");

  /** The port envd listens on in every sandbox. */
  static final int PORT = 49983;

  /** A directory listing of some 50,000 entries; what is larger is refused. */
  private static final long MAX_RPC_REPLY = 16L << 20;

  private static final int BAD_GATEWAY = 502;

  private final E2bOptions options;
  private final HttpTransport transport;
  private final FailureMapper failures;
  private final Address address;
  private final @Nullable String user;

  /**
   * Where it is and what opens it.
   *
   * @param base where requests go, with headers that tell the sandbox
   * @param hosts the names of the sandbox's own ports
   * @param accessToken null for a sandbox that asks for none
   */
  record Address(String sandboxId, HttpUrl base, SandboxHosts hosts, @Nullable String accessToken) {
    @Override
    public String toString() {
      return "Address[" + sandboxId + "]";
    }
  }

  Envd(
      E2bOptions options,
      HttpTransport transport,
      FailureMapper failures,
      Address address,
      @Nullable String user) {
    this.options = options;
    this.transport = transport;
    this.failures = failures;
    this.address = address;
    this.user = user;
  }

  Envd withUser(String linuxUser) {
    if (!LINUX_USER.matcher(linuxUser).matches()) {
      throw new IllegalArgumentException("not the name of a Linux user: " + linuxUser);
    }
    return new Envd(options, transport, failures, address, linuxUser);
  }

  String sandboxId() {
    return address.sandboxId();
  }

  /** An address of a file that needs no header. */
  URI signed(String path, SignedUrl.Right right, @Nullable Instant expiresAt) {
    String token = address.accessToken();
    if (token == null) {
      throw new IllegalStateException(
          "cannot sign: sandbox %s was given without an access token".formatted(sandboxId()));
    }
    return SignedUrl.of(
        ApiCalls.url(address.hosts().url(sandboxId(), PORT).toString()),
        path,
        right,
        user == null ? "" : user,
        token,
        expiresAt);
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
    return action + " in sandbox " + sandboxId();
  }

  /** The failure of a call whose answer was not a success. */
  E2bStatusException refusal(String operation, Request request, HttpReply reply) {
    return failures.sandbox(operation, request, reply, sandboxId());
  }

  /** Whether it answers its health check; no where the proxy finds no sandbox or no envd. */
  boolean answers() {
    String operation = named("look for envd");
    Request request =
        to(address.base().newBuilder().addPathSegment("health").build()).get().build();
    HttpReply reply = transport.send(request, operation, MAX_RPC_REPLY);
    if (reply.status() != BAD_GATEWAY && !reply.successful()) {
      throw refusal(operation, request, reply);
    }
    return reply.successful();
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
        to(address.base().newBuilder().addPathSegments(method).build())
            .header("Connect-Protocol-Version", "1");
    if (user != null) {
      // Not a login: envd takes it as the wish to run as this user.
      byte[] name = (user + ":").getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(name));
    }
    return request;
  }

  /** A request for a file's content; without a path, for several files that name themselves. */
  Request.Builder file(String path) {
    HttpUrl.Builder url = address.base().newBuilder().addPathSegment("files");
    if (!path.isEmpty()) {
      url.addQueryParameter("path", path);
    }
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
            .header("E2b-Sandbox-Id", sandboxId())
            .header("E2b-Sandbox-Port", Integer.toString(PORT));
    String accessToken = address.accessToken();
    if (accessToken != null) {
      request.header("X-Access-Token", accessToken);
    }
    return request;
  }
}
