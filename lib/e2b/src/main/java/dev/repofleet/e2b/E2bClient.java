package dev.repofleet.e2b;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  static final Pause SLEEP = duration -> NANOSECONDS.sleep(duration.toNanos());

  private static final int CREATED = 201;
  private static final int CONFLICT = 409;
  private static final int MAX_FORKS = 100;
  private static final Duration MAX_REFRESH = Duration.ofHours(1);

  private final E2bOptions options;
  private final HttpTransport transport;
  private final ApiCalls api;
  private final SandboxHandles handles;
  private final SandboxList sandboxList;
  private final Observation observation;
  private final CreateOnce createOnce;
  private final Templates templates;

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
    this.api = new ApiCalls(options, transport);
    this.handles = new SandboxHandles(this, options, transport);
    this.sandboxList = new SandboxList(api);
    this.observation = new Observation(api);
    this.createOnce = new CreateOnce(this, SLEEP);
    this.templates = new Templates(api, SLEEP);
  }

  /**
   * Creates a sandbox and returns when it runs.
   *
   * <p>After an {@link E2bTransportException} whose {@code mayHaveBeenAccepted} is true, an {@link
   * E2bProtocolException}, an {@link E2bInterruptedException} or a 5xx, a sandbox may exist.
   * Creates have no idempotency key: put a label of your own in the metadata and look for it with
   * {@link #list} before trying again, or let {@link #createOnce} do so.
   *
   * <p>Where the spec names MCP servers, their gateway is started too; if that fails the sandbox is
   * killed and the failure thrown, with a failure to kill it as suppressed.
   *
   * @throws RateLimitedException if the quota of running sandboxes is used up or creates come too
   *     fast
   * @throws NotFoundException if there is no such template
   */
  public Sandbox create(SandboxSpec spec) {
    String operation = "create a sandbox of template " + spec.template();
    Request request = api.post(api.path("v2", "sandboxes"), ApiWire.NewSandbox.of(spec));
    Sandbox sandbox = handles.of(api.send(request, operation), operation);
    if (!spec.mcp().isEmpty()) {
      startGateway(sandbox, spec);
    }
    return sandbox;
  }

  private static void startGateway(Sandbox sandbox, SandboxSpec spec) {
    try {
      sandbox.mcp().start(spec.mcp());
    } catch (RuntimeException e) {
      // Nobody gets its handle, so nobody else would end it: an interrupt has to wait.
      boolean interrupted = Thread.interrupted();
      try {
        sandbox.kill();
      } catch (E2bException notKilled) {
        e.addSuppressed(notKilled);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
      throw e;
    }
  }

  /**
   * Creates a sandbox, or connects to the one that an earlier call with the same label has created:
   * so it may be repeated, by another process too. Where the answer of the create is lost, it looks
   * for the sandbox in the list for five seconds before it fails.
   *
   * <p>Only calls that follow each other are kept from creating two; of several that carry the
   * label the oldest is taken, and the others stay as they are. A sandbox whose create was lost and
   * that shows up later than five seconds is found by the next call.
   *
   * @param label the key in the spec's metadata whose value is unique to this sandbox
   * @throws IllegalArgumentException if the spec's metadata has no such key or an empty value
   * @throws RateLimitedException as {@link #create}
   * @throws NotFoundException if there is no such template
   */
  public Sandbox createOnce(SandboxSpec spec, String label) {
    return createOnce.create(spec, label);
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
    return resume(sandboxId, timeout).sandbox();
  }

  /** As {@link #connect}, and tells whether the sandbox was paused until now. */
  public Resumption resume(String sandboxId, Duration timeout) {
    String operation = "connect to sandbox " + sandboxId;
    Request request =
        api.post(
            api.path("v2", "sandboxes", ApiCalls.checkSandboxId(sandboxId), "connect"),
            new ApiWire.Timeout(Seconds.roundUp(timeout)));
    HttpReply reply = api.send(request, operation, sandboxId);
    return new Resumption(handles.of(reply, operation), reply.status() == CREATED);
  }

  /**
   * What the API knows of a sandbox.
   *
   * @throws SandboxNotFoundException if it does not exist any more
   */
  public SandboxInfo get(String sandboxId) {
    String operation = "get sandbox " + sandboxId;
    Request request = api.get(one(sandboxId));
    HttpReply reply = api.send(request, operation, sandboxId);
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
    return sandboxList.find(query);
  }

  /**
   * Ends a sandbox, running or paused, with everything in it.
   *
   * @return false if it did not exist any more
   */
  public boolean kill(String sandboxId) {
    String operation = "kill sandbox " + sandboxId;
    try {
      api.send(api.delete(one(sandboxId)), operation, sandboxId);
      return true;
    } catch (SandboxNotFoundException e) {
      return false;
    }
  }

  /**
   * Copies a running sandbox, which goes on, into others that run at once: files, memory and
   * processes. Each copy succeeds or fails for itself, and counts as a running sandbox.
   *
   * <p>After an {@link E2bTransportException} whose {@code mayHaveBeenAccepted} is true, an {@link
   * E2bProtocolException} or an {@link E2bInterruptedException} copies may run that nobody has a
   * handle to: {@link #list} shows them, and their time ends them.
   *
   * @param timeout how long each copy lives from now; rounded up to seconds
   * @param count 1 to 100
   * @return as many as were asked for
   * @throws IllegalArgumentException if the timeout is not positive or the count not 1 to 100
   * @throws SandboxNotFoundException if there is no such sandbox
   */
  public List<Fork> fork(String sandboxId, Duration timeout, int count) {
    if (timeout.isNegative() || timeout.isZero() || count < 1 || count > MAX_FORKS) {
      throw new IllegalArgumentException(
          "a fork makes 1 to %d copies that live for some time, not %d for %s"
              .formatted(MAX_FORKS, count, timeout));
    }
    String operation = "fork sandbox " + sandboxId;
    Request request =
        api.post(one(sandboxId, "fork"), new ApiWire.NewForks(Seconds.roundUp(timeout), count));
    HttpReply reply = api.send(request, operation, sandboxId);
    List<Fork> forks = new ArrayList<>();
    for (ApiWire.ForkResult result :
        JsonCodec.readList(reply.body(), ApiWire.ForkResult.class, operation)) {
      ApiWire.ForkResult one = ApiWire.required(result, "fork", operation);
      forks.add(
          one.sandbox() == null
              ? Fork.failed(
                  api.failures()
                      .part(operation, request, ApiWire.required(one.error(), "error", operation)))
              : Fork.of(handles.of(one.sandbox(), operation)));
    }
    if (forks.size() != count) {
      throw new E2bProtocolException(
          "cannot %s: %d copies were asked for and %d answered"
              .formatted(operation, count, forks.size()),
          null);
    }
    return List.copyOf(forks);
  }

  /**
   * Pauses a sandbox with its memory and processes; it no longer counts as running, and connecting
   * brings it back. Returns when it is paused.
   *
   * @return false if it was paused already
   * @throws SandboxNotFoundException if it does not exist any more
   */
  public boolean pause(String sandboxId) {
    return pause(sandboxId, true);
  }

  /**
   * The same, or with the files alone: then the processes are lost, and connecting boots it anew.
   *
   * @param keepMemory false keeps the files alone
   */
  public boolean pause(String sandboxId, boolean keepMemory) {
    Request request = api.post(one(sandboxId, "pause"), new ApiWire.Pause(keepMemory));
    try {
      api.send(request, "pause sandbox " + sandboxId, sandboxId);
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
        api.post(one(sandboxId, "timeout"), new ApiWire.Timeout(Seconds.roundUp(timeout)));
    api.send(request, "set the timeout of sandbox " + sandboxId, sandboxId);
  }

  /**
   * Lets a running sandbox live at least this long from now; never shortens its time.
   *
   * @param duration rounded up to seconds, at most an hour; the server takes less than 15 s as 15 s
   * @throws IllegalArgumentException if the duration is negative or longer than an hour
   * @throws SandboxNotFoundException if it does not exist any more or is paused
   */
  public void refresh(String sandboxId, Duration duration) {
    if (duration.compareTo(MAX_REFRESH) > 0) {
      throw new IllegalArgumentException(
          "a refresh is for at most %s, not %s; set the timeout instead"
              .formatted(MAX_REFRESH, duration));
    }
    Request request =
        api.post(one(sandboxId, "refreshes"), new ApiWire.Refresh(Seconds.roundUp(duration)));
    api.send(request, "refresh sandbox " + sandboxId, sandboxId);
  }

  /**
   * Replaces what a running sandbox may reach: what {@code network} leaves out is cleared. Who may
   * come from outside is fixed at creation and left as it is.
   *
   * <p>After an {@link E2bTransportException} either the old or the new rules hold, never a mix; it
   * is safe to repeat.
   *
   * @throws SandboxNotFoundException if it does not exist any more
   * @throws E2bStatusException with 409 while it is being paused or resumed
   */
  public void updateNetwork(String sandboxId, SandboxNetwork network) {
    Request request = api.put(one(sandboxId, "network"), ApiWire.Egress.of(network));
    api.send(request, "update the network of sandbox " + sandboxId, sandboxId);
  }

  /**
   * What a sandbox used from moment to moment, oldest first; one that has just begun has no
   * measurement yet.
   *
   * @param from null is its start
   * @param to null is now
   * @throws SandboxNotFoundException if it does not exist any more
   */
  public List<SandboxMetrics> metrics(
      String sandboxId, @Nullable Instant from, @Nullable Instant to) {
    return observation.metrics(sandboxId, from, to);
  }

  /**
   * What many sandboxes used last, by their ids, in one request per hundred; those without a
   * measurement, and those that do not exist, are missing.
   */
  public Map<String, SandboxMetrics> metrics(List<String> sandboxIds) {
    return observation.metrics(sandboxIds);
  }

  /**
   * A page of a sandbox's log. To read on, ask again from {@link LogPage#next()}.
   *
   * @throws SandboxNotFoundException if E2B has no log of it
   */
  public LogPage logs(String sandboxId, LogQuery query) {
    return observation.logs(sandboxId, query);
  }

  /** Copies of sandboxes that others can be created from. */
  public Snapshots snapshots() {
    return new Snapshots(api);
  }

  /**
   * What a team uses.
   *
   * @throws IllegalArgumentException if that can't be the id of one
   */
  public Team team(String teamId) {
    return new Team(api, teamId);
  }

  /** Images that sandboxes are created from. */
  public Templates templates() {
    return templates;
  }

  private HttpUrl.Builder one(String sandboxId, String... action) {
    HttpUrl.Builder url = api.path("sandboxes", ApiCalls.checkSandboxId(sandboxId));
    for (String segment : action) {
      url.addPathSegment(segment);
    }
    return url;
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
