package dev.repofleet.e2b;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The one place that makes HTTP calls. Thread-safe.
 *
 * <p>Sockets are used by threads of its own while callers wait on a future, since a thread blocked
 * in a socket can't be interrupted. Streams have a dispatcher of their own, so that thousands of
 * them never hold up a short call. Nothing is repeated and no redirect is followed: a redirect
 * would carry the key to another host.
 */
final class HttpTransport implements AutoCloseable {
  private static final int MAX_REASON = 500;

  /** Streams hold their place for hours; the bound is there to notice a leak. */
  private static final int MAX_CALLS = 2_000;

  /**
   * A thousand followers ask every few seconds each; OkHttp's five idle connections would churn.
   */
  private static final int MAX_IDLE_CONNECTIONS = 100;

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  private final ExecutorService executor = ClientThreads.newExecutor();
  private final OkHttpClient shortCalls;
  private final OkHttpClient streams;
  private final boolean ownsConnections;
  private volatile boolean closed;

  /**
   * @param shared whose connections, TLS and proxy settings to use; null makes its own
   */
  HttpTransport(E2bOptions options, @Nullable OkHttpClient shared) {
    ownsConnections = shared == null;
    OkHttpClient base =
        (shared == null ? withOwnConnections() : shared)
            .newBuilder()
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .followSslRedirects(false)
            .cache(null)
            .addNetworkInterceptor(SendMark::intercept)
            .build();
    shortCalls =
        base.newBuilder()
            .dispatcher(newDispatcher())
            .callTimeout(options.requestTimeout())
            .readTimeout(options.requestTimeout())
            .writeTimeout(options.requestTimeout())
            .build();
    streams =
        base.newBuilder()
            .dispatcher(newDispatcher())
            .callTimeout(Duration.ZERO)
            .readTimeout(options.streamSilence())
            .writeTimeout(options.streamSilence())
            .build();
  }

  private static OkHttpClient withOwnConnections() {
    return new OkHttpClient.Builder()
        .connectionPool(new ConnectionPool(MAX_IDLE_CONNECTIONS, 5, TimeUnit.MINUTES))
        .build();
  }

  private Dispatcher newDispatcher() {
    Dispatcher dispatcher = new Dispatcher(executor);
    dispatcher.setMaxRequests(MAX_CALLS);
    dispatcher.setMaxRequestsPerHost(MAX_CALLS);
    return dispatcher;
  }

  /** Sends and waits for the whole answer, whatever its status, within the request time-out. */
  HttpReply send(Request request, String operation, long maxBody) {
    return exchange(shortCalls, request, operation, maxBody);
  }

  /** Like {@link #send}, but only silence ends it, not the total time. */
  HttpReply sendLong(Request request, String operation, long maxBody) {
    return exchange(streams, request, operation, maxBody);
  }

  private HttpReply exchange(OkHttpClient client, Request request, String operation, long maxBody) {
    SendMark mark = new SendMark();
    Call call = newCall(client, request, mark, operation);
    CompletableFuture<HttpReply> reply = new CompletableFuture<>();
    call.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call failed, IOException e) {
            reply.completeExceptionally(e);
          }

          @Override
          public void onResponse(Call answered, Response response) {
            try (response) {
              reply.complete(HttpReply.read(response, maxBody));
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
              // Whatever happens, the caller must not wait for ever.
              reply.completeExceptionally(e);
            }
          }
        });
    return await(reply, null, call, mark, operation);
  }

  /**
   * A call that is not sent yet and has no total time limit. The caller enqueues and cancels it.
   */
  Call newStream(Request request, SendMark mark, String operation) {
    return newCall(streams, request, mark, operation);
  }

  private Call newCall(OkHttpClient client, Request request, SendMark mark, String operation) {
    if (closed) {
      throw new IllegalStateException("cannot " + operation + ": the client is closed");
    }
    return client.newCall(request.newBuilder().tag(SendMark.class, mark).build());
  }

  /**
   * Waits for what a call's callback will deliver; interruption and {@code limit} cancel the call.
   *
   * @param limit null if the call ends by itself
   */
  static <T> T await(
      CompletableFuture<T> result,
      @Nullable Duration limit,
      Call call,
      SendMark mark,
      String operation) {
    try {
      return limit == null ? result.get() : result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      call.cancel();
      Thread.currentThread().interrupt();
      throw new E2bInterruptedException("interrupted while trying to " + operation, e);
    } catch (TimeoutException e) {
      call.cancel();
      throw transportFailure(
          operation, call.request(), mark, new IOException("no answer in " + limit, e));
    } catch (ExecutionException e) {
      throw failure(operation, call.request(), mark, e.getCause());
    }
  }

  private static E2bException failure(
      String operation, Request request, SendMark mark, @Nullable Throwable cause) {
    if (cause instanceof UploadBody.SourceFailedException source) {
      return new E2bException(
          "cannot %s: the data to send could not be read; the file may be there in part"
              .formatted(operation),
          source.getCause());
    }
    if (cause instanceof IOException io) {
      return transportFailure(operation, request, mark, io);
    }
    return new E2bException("cannot " + operation + ": the HTTP client failed", cause);
  }

  static E2bTransportException transportFailure(
      String operation, Request request, SendMark mark, IOException cause) {
    String known =
        mark.sent()
            ? "the server may have acted on the request"
            : "the request was not sent; check the address and the network";
    return new E2bTransportException(
        "cannot %s: %s %s: %s (%s)"
            .formatted(operation, request.method(), endpoint(request), reason(cause), known),
        mark.sent(),
        cause);
  }

  private static String endpoint(Request request) {
    return request.url().newBuilder().query(null).build().toString();
  }

  /**
   * In one line, since a parser quotes what a stranger sent. Some exceptions, a bare end of file
   * for one, have no words of their own.
   */
  static String reason(IOException cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : ErrorBody.line(message, MAX_REASON);
  }

  /** Cancels what is in flight and ends the threads, in at most five seconds. Idempotent. */
  @Override
  public void close() {
    closed = true;
    shortCalls.dispatcher().cancelAll();
    streams.dispatcher().cancelAll();
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
    if (ownsConnections) {
      shortCalls.connectionPool().evictAll();
    }
  }
}
