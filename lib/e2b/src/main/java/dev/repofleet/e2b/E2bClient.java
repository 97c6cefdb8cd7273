package dev.repofleet.e2b;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Creates, finds and ends E2B sandboxes. Thread-safe: one for a whole program, closed at its end.
 *
 * <p>Every method blocks until the answer is there, at most the request time-out. <b>No request is
 * ever repeated</b>, not even one that a pooled connection lost: OkHttp's own repetition is
 * switched off for the client as a whole, because a repeated create is a second sandbox that nobody
 * knows of. Get, list, kill and set-timeout are safe for the caller to repeat.
 *
 * <p>Any method may throw {@link E2bTransportException} (no complete answer), {@link
 * AuthenticationException}, {@link RateLimitedException}, {@link E2bStatusException} (any other
 * refusal), {@link E2bProtocolException} (an answer that is not E2B's), {@link
 * E2bInterruptedException}, and {@link IllegalStateException} after {@link #close()}.
 */
public final class E2bClient implements AutoCloseable {
  static final String USER_AGENT = "repofleet-e2b-java/0.1";

  /** Domains whose sandboxes share one host and are told apart by headers. */
  private static final Set<String> SHARED_HOST_DOMAINS =
      Set.of("e2b.app", "e2b.dev", "e2b.pro", "e2b-staging.dev");

  /** A page of list is at most 100 sandboxes, far below this. */
  private static final long MAX_REPLY = 16L << 20;

  private static final int PAGE_SIZE = 100;
  private static final int CONFLICT = 409;

  private final E2bOptions options;
  private final HttpTransport transport;
  private final HttpUrl api;

  /** A client with connections of its own. */
  public E2bClient(E2bOptions options) {
    this(options, null);
  }

  /**
   * A client that uses the connection pool, TLS, proxy and interceptor settings of another.
   * Time-outs, repetition and redirects stay this client's, and closing it leaves {@code shared}
   * alone.
   *
   * @param shared null is the same as none
   */
  public E2bClient(E2bOptions options, @Nullable OkHttpClient shared) {
    this.options = options;
    this.transport = new HttpTransport(options, shared);
    this.api = url(options.apiUrl().toString());
  }

  private static HttpUrl url(String text) {
    HttpUrl url = HttpUrl.parse(text);
    if (url == null) {
      throw new IllegalArgumentException("not an http or https URL: " + text);
    }
    return url;
  }

  /**
   * Creates a sandbox and returns when it runs.
   *
   * <p>After an {@link E2bTransportException} whose {@code mayHaveBeenAccepted} is true, an {@link
   * E2bProtocolException}, an {@link E2bInterruptedException} or a 5xx, a sandbox may exist.
   * Creates have no idempotency key: put a label of your own in the metadata and look for it with
   * {@link #list} before trying again.
   *
   * @throws RateLimitedException if the quota of running sandboxes is used up or creates come too
   *     fast
   * @throws NotFoundException if there is no such template
   */
  public Sandbox create(SandboxSpec spec) {
    String operation = "create a sandbox of template " + spec.template();
    ApiWire.NewSandbox body =
        new ApiWire.NewSandbox(
            spec.template(),
            Seconds.roundUp(spec.timeout()),
            spec.metadata(),
            spec.envVars(),
            spec.autoPause(),
            spec.allowInternetAccess());
    Request request = post(path("v2", "sandboxes"), body);
    return handle(send(request, operation, null), operation);
  }

  /**
   * A handle to an existing sandbox; brings a paused one back to life. The time it has left is
   * extended to {@code timeout} from now, never shortened.
   *
   * @param timeout rounded up to seconds
   * @throws SandboxNotFoundException if it does not exist any more
   * @throws RateLimitedException if it was paused and the quota of running sandboxes is used up
   */
  public Sandbox connect(String sandboxId, Duration timeout) {
    String operation = "connect to sandbox " + sandboxId;
    Request request =
        post(
            path("v2", "sandboxes", checkId(sandboxId), "connect"),
            new ApiWire.Timeout(Seconds.roundUp(timeout)));
    return handle(send(request, operation, sandboxId), operation);
  }

  /**
   * What the API knows of a sandbox.
   *
   * @throws SandboxNotFoundException if it does not exist any more
   */
  public SandboxInfo get(String sandboxId) {
    String operation = "get sandbox " + sandboxId;
    Request request = request(path("sandboxes", checkId(sandboxId))).get().build();
    HttpReply reply = send(request, operation, sandboxId);
    return JsonCodec.read(reply.body(), ApiWire.Detail.class, operation).toInfo(operation);
  }

  /**
   * All sandboxes that match, newest first, over as many requests as it takes. A sandbox created a
   * few seconds ago may be missing: the list lags behind.
   */
  public List<SandboxInfo> list(SandboxQuery query) {
    return listing(query).sandboxes();
  }

  /**
   * As {@link #list}, with the server's time: to say how old a sandbox is, whatever clock is here.
   */
  public SandboxListing listing(SandboxQuery query) {
    String operation = "list sandboxes";
    Map<String, SandboxInfo> found = new LinkedHashMap<>();
    Optional<Instant> serverTime = Optional.empty();
    Set<String> tokens = new HashSet<>();
    String token = null;
    do {
      HttpReply reply = send(request(listUrl(query, token)).get().build(), operation, null);
      for (ApiWire.Detail detail :
          JsonCodec.readList(reply.body(), ApiWire.Detail.class, operation)) {
        SandboxInfo info = ApiWire.required(detail, "sandbox", operation).toInfo(operation);
        found.putIfAbsent(info.sandboxId(), info);
      }
      if (token == null) {
        serverTime = Optional.ofNullable(reply.headers().getInstant("Date"));
      }
      token = reply.headers().get("X-Next-Token");
      if (token != null && !tokens.add(token)) {
        throw new E2bProtocolException(
            "cannot list sandboxes: the API gave the same page twice", null);
      }
    } while (token != null && !token.isEmpty());
    return new SandboxListing(new ArrayList<>(found.values()), serverTime);
  }

  private HttpUrl listUrl(SandboxQuery query, @Nullable String token) {
    HttpUrl.Builder url =
        path("v2", "sandboxes").addQueryParameter("limit", Integer.toString(PAGE_SIZE));
    // Without the parameter the API lists both states as well; naming them is safer.
    url.addEncodedQueryParameter("state", states(query));
    if (!query.metadata().isEmpty()) {
      url.addEncodedQueryParameter("metadata", MetadataFilter.encode(query.metadata()));
    }
    if (token != null) {
      url.addQueryParameter("nextToken", token);
    }
    return url.build();
  }

  private static String states(SandboxQuery query) {
    List<String> names = new ArrayList<>();
    for (SandboxState state : SandboxState.values()) {
      if (query.states().isEmpty() || query.states().contains(state)) {
        names.add(state.wireName());
      }
    }
    return String.join(",", names);
  }

  /**
   * Ends a sandbox, running or paused, with everything in it.
   *
   * @return false if it did not exist any more
   */
  public boolean kill(String sandboxId) {
    String operation = "kill sandbox " + sandboxId;
    try {
      send(request(path("sandboxes", checkId(sandboxId))).delete().build(), operation, sandboxId);
      return true;
    } catch (SandboxNotFoundException e) {
      return false;
    }
  }

  /**
   * Pauses a sandbox with its memory and processes; it no longer counts as running, and connecting
   * brings it back. Returns when it is paused.
   *
   * @return false if it was paused already
   * @throws SandboxNotFoundException if it does not exist any more
   */
  public boolean pause(String sandboxId) {
    Request request = post(path("sandboxes", checkId(sandboxId), "pause"), new ApiWire.Pause(true));
    try {
      send(request, "pause sandbox " + sandboxId, sandboxId);
      return true;
    } catch (E2bStatusException e) {
      if (e.status() != CONFLICT || !e.serverMessage().contains("already paused")) {
        throw e;
      }
      return false;
    }
  }

  /**
   * Sets how long a running sandbox lives from now, shorter or longer than before.
   *
   * @param timeout rounded up to seconds; zero ends it now
   * @throws SandboxNotFoundException if it does not exist any more
   * @throws E2bStatusException with 400 if the plan's longest life is passed, 409 while it is being
   *     paused or resumed
   */
  public void setTimeout(String sandboxId, Duration timeout) {
    Request request =
        post(
            path("sandboxes", checkId(sandboxId), "timeout"),
            new ApiWire.Timeout(Seconds.roundUp(timeout)));
    send(request, "set the timeout of sandbox " + sandboxId, sandboxId);
  }

  private Sandbox handle(HttpReply reply, String operation) {
    ApiWire.Handle handle = JsonCodec.read(reply.body(), ApiWire.Handle.class, operation);
    String sandboxId = ApiWire.required(handle.sandboxId(), "sandboxID", operation);
    String token = handle.envdAccessToken();
    if (!isId(sandboxId) || (token != null && !token.matches("[!-~]+"))) {
      throw new E2bProtocolException(
          "cannot %s: the answer's sandboxID or envdAccessToken holds strange characters"
              .formatted(operation),
          null);
    }
    List<String> secrets = new ArrayList<>(List.of(options.apiKey()));
    if (token != null) {
      secrets.add(token);
    }
    Envd envd =
        new Envd(
            options,
            transport,
            new FailureMapper(secrets),
            sandboxId,
            sandboxUrl(sandboxId, handle.domain(), operation),
            token,
            null);
    String template = ApiWire.required(handle.templateId(), "templateID", operation);
    String version = handle.envdVersion() == null ? "" : handle.envdVersion();
    return new Sandbox(this, envd, template, version, Optional.empty());
  }

  private HttpUrl sandboxUrl(String sandboxId, @Nullable String ownDomain, String operation) {
    Optional<URI> configured = options.sandboxUrl();
    if (configured.isPresent()) {
      return url(configured.get().toString());
    }
    String domain = ownDomain == null || ownDomain.isEmpty() ? options.domain() : ownDomain;
    HttpUrl url =
        HttpUrl.parse(
            SHARED_HOST_DOMAINS.contains(domain)
                ? "https://sandbox." + domain
                : "https://" + Envd.PORT + "-" + sandboxId + "." + domain);
    if (url == null || !url.host().endsWith("." + domain)) {
      throw new E2bProtocolException("cannot " + operation + ": the sandbox has no domain", null);
    }
    return url;
  }

  private static boolean isId(String sandboxId) {
    return sandboxId.matches("[A-Za-z0-9_-]{1,80}");
  }

  private static String checkId(String sandboxId) {
    if (!isId(sandboxId)) {
      throw new IllegalArgumentException("not a sandbox id: " + sandboxId);
    }
    return sandboxId;
  }

  private HttpUrl.Builder path(String... segments) {
    HttpUrl.Builder url = api.newBuilder();
    for (String segment : segments) {
      url.addPathSegment(segment);
    }
    return url;
  }

  private Request post(HttpUrl.Builder url, Object body) {
    return request(url.build())
        .post(new OneShotBody(OneShotBody.JSON, JsonCodec.write(body)))
        .build();
  }

  private Request.Builder request(HttpUrl.Builder url) {
    return request(url.build());
  }

  private Request.Builder request(HttpUrl url) {
    return new Request.Builder()
        .url(url)
        .header("User-Agent", USER_AGENT)
        .header("X-API-KEY", options.apiKey());
  }

  private HttpReply send(Request request, String operation, @Nullable String sandboxId) {
    HttpReply reply = transport.send(request, operation, MAX_REPLY);
    if (!reply.successful()) {
      throw new FailureMapper(List.of(options.apiKey())).api(operation, request, reply, sandboxId);
    }
    if (reply.cut()) {
      throw new E2bProtocolException(
          "cannot %s: the answer is longer than %d bytes".formatted(operation, MAX_REPLY), null);
    }
    return reply;
  }

  /**
   * Cancels all calls in flight, streams too, and ends the client's threads; at most five seconds.
   * Sandboxes and processes are not touched. Idempotent.
   */
  @Override
  public void close() {
    transport.close();
  }

  @Override
  public String toString() {
    return "E2bClient[" + options + "]";
  }
}
