package dev.repofleet.e2b.local.http;

import dev.repofleet.e2b.local.fault.FaultKind;
import dev.repofleet.e2b.local.fault.Strike;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.RpcException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its way to an answer: bodies read on the event loop, work done on workers. */
public final class Exchange {
  /** Larger than any message a client has a reason to send; files are streamed, not held. */
  static final int BODY_LIMIT = 8 * 1024 * 1024;

  private static final Set<HttpMethod> BODILESS = Set.of(HttpMethod.GET, HttpMethod.DELETE);

  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  private final HttpServerRequest request;
  private final Executor workers;
  private final Context context;
  private volatile Strike strike = Strike.NONE;

  public Exchange(HttpServerRequest request, Executor workers) {
    this.request = request;
    this.workers = workers;
    this.context = Vertx.currentContext();
  }

  /**
   * Sets what the fault switches do to this request, then serves it, after the latency they add.
   * Called on the event loop.
   */
  public void serve(Strike struck, Runnable then) {
    strike = struck;
    if (struck.is(FaultKind.NO_ANSWER)) {
      return;
    }
    long millis = struck.delay().toMillis();
    if (millis == 0) {
      then.run();
      return;
    }
    boolean body = !BODILESS.contains(request.method());
    if (body) {
      request.pause();
    }
    context
        .owner()
        .setTimer(
            millis,
            passed -> {
              then.run();
              if (body) {
                request.resume();
              }
            });
  }

  /** What the fault switches do to this request. */
  Strike strike() {
    return strike;
  }

  /** For an answer that is written bit by bit; made before the body is read. */
  public ResponseWriter writer() {
    return new ResponseWriter(request, strike.is(FaultKind.LOST_ANSWER));
  }

  public HttpServerRequest request() {
    return request;
  }

  public @Nullable String header(String name) {
    return request.getHeader(name);
  }

  /** A query parameter; empty when absent. */
  public String parameter(String name) {
    String value = request.getParam(name);
    return value == null ? "" : value;
  }

  /** Reads the whole body, then works on it; the result is the answer. */
  public void answer(BodyFunction work) {
    body(bytes -> run(() -> work.apply(bytes)));
  }

  /** Reads the whole body, on the event loop; too large a one is refused with 413. */
  void body(Consumer<byte[]> then) {
    Buffer all = Buffer.buffer();
    boolean[] refused = {false};
    request.handler(
        chunk -> {
          if (refused[0]) {
            return;
          }
          if (all.length() + chunk.length() > BODY_LIMIT) {
            refused[0] = true;
            reply(HttpReply.error(413, "the request body is larger than " + BODY_LIMIT + " bytes"));
          } else {
            all.appendBuffer(chunk);
          }
        });
    request.endHandler(
        end -> {
          if (!refused[0]) {
            then.accept(all.getBytes());
          }
        });
  }

  /** Works on a worker thread; the result, or the refusal, is the answer. */
  public void run(Callable<HttpReply> work) {
    execute(() -> reply(outcome(work)));
  }

  /** Runs a task on a worker thread; the task answers by itself. */
  public void execute(Runnable task) {
    try {
      workers.execute(task);
    } catch (RejectedExecutionException closing) {
      reply(HttpReply.error(503, "the local sandbox server is shutting down"));
    }
  }

  private HttpReply outcome(Callable<HttpReply> work) {
    try {
      return work.call();
    } catch (Exception failed) {
      return refusal(failed);
    }
  }

  /** The answer to a failed call. Restores the interrupt flag. */
  public HttpReply refusal(Exception failed) {
    if (failed instanceof ApiException refused) {
      return refused.reply();
    }
    if (failed instanceof RpcException refused) {
      return HttpReply.rpcError(refused);
    }
    if (failed instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return HttpReply.error(503, "the local sandbox server is shutting down");
    }
    if (failed instanceof IOException) {
      log.warn("{} {} failed: {}", request.method(), request.path(), failed.toString());
    } else {
      log.error("{} {} failed", request.method(), request.path(), failed);
    }
    return HttpReply.error(500, "internal error: " + failed.getMessage());
  }

  /** Runs a short task on the event loop of the request; from any thread. */
  public void onEventLoop(Runnable task) {
    context.runOnContext(now -> task.run());
  }

  /** Sends a whole answer; from any thread. */
  public void reply(HttpReply reply) {
    context.runOnContext(
        now -> {
          HttpServerResponse response = request.response();
          if (response.ended() || response.closed() || response.headWritten()) {
            return;
          }
          if (strike.is(FaultKind.LOST_ANSWER)) {
            request.connection().close();
            return;
          }
          response.setStatusCode(reply.status());
          reply.headers().forEach(response::putHeader);
          if (!reply.contentType().isEmpty()) {
            response.putHeader("Content-Type", reply.contentType());
          }
          if (!request.isEnded()) {
            // What is left of the body would be read as the next request.
            response.putHeader("Connection", "close");
          }
          response.end(reply.body());
        });
  }

  /** Work on a request's body. */
  public interface BodyFunction {
    HttpReply apply(byte[] body) throws Exception;
  }
}
