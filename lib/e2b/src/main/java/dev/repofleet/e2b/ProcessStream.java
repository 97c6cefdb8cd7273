package dev.repofleet.e2b;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Reads the stream of one process, started or attached to, on the thread that OkHttp gives the
 * call.
 *
 * <p>The stream's status is 200 before anything is known: only what comes inside tells how it went.
 * An {@code end} event is believed even if the connection breaks before the last frame, since
 * nothing about the process can follow it; an error in the last frame wins over everything.
 */
final class ProcessStream implements Callback, FrameDecoder.Sink {
  private static final ObjectReader MESSAGES = JsonCodec.reader(EnvdWire.StreamMessage.class);

  /** Either how the process ended, or what to throw: made anew for each caller that asks. */
  record Outcome(@Nullable CommandExit exit, @Nullable Supplier<E2bException> failure) {}

  /** The listener threw; told apart from failures of the network. */
  private static final class ListenerFailedException extends IOException {
    ListenerFailedException(Throwable cause) {
      super(cause);
    }
  }

  private final Envd envd;
  private final @Nullable Duration limit;
  private final String operation;
  private final OutputListener listener;
  private final Call call;
  private final SendMark mark;
  private final CompletableFuture<Long> started = new CompletableFuture<>();
  private final CompletableFuture<Outcome> ended = new CompletableFuture<>();
  private @Nullable CommandExit exit;
  private @Nullable JsonNode streamError;

  /**
   * @param limit the process's time limit, if this stream is the one that set it
   */
  ProcessStream(
      Envd envd,
      @Nullable Duration limit,
      String operation,
      OutputListener listener,
      Call call,
      SendMark mark) {
    this.envd = envd;
    this.limit = limit;
    this.operation = operation;
    this.listener = listener;
    this.call = call;
    this.mark = mark;
  }

  /** Completes with the pid at the first event, or with 0 if the stream ended before it. */
  CompletableFuture<Long> started() {
    return started;
  }

  /** Completes after the listener's last call. */
  CompletableFuture<Outcome> ended() {
    return ended;
  }

  @Override
  public void onFailure(Call failed, IOException e) {
    finish(failure(() -> HttpTransport.transportFailure(operation, call.request(), mark, e)));
  }

  @Override
  public void onResponse(Call answered, Response response) {
    Thread.currentThread().setName("e2b-output-" + envd.sandboxId());
    Outcome outcome;
    try (response) {
      outcome = follow(response);
    } catch (ListenerFailedException e) {
      outcome = failure(() -> new E2bException(failed("the output listener threw"), e.getCause()));
    } catch (FrameDecoder.MalformedFrameException | JsonProcessingException e) {
      outcome = failure(() -> new E2bProtocolException(failed(HttpTransport.reason(e)), e));
    } catch (IOException e) {
      outcome = cut(e);
    } catch (RuntimeException | Error e) {
      outcome = failure(() -> new E2bException(failed("the client failed"), e));
    }
    call.cancel();
    finish(outcome);
  }

  private Outcome follow(Response response) throws IOException {
    if (!response.isSuccessful()) {
      HttpReply reply = HttpReply.read(response, 0);
      return failure(() -> envd.refusal(operation, call.request(), reply));
    }
    if (!FrameDecoder.isConnectStream(response)) {
      return failure(
          () ->
              new E2bProtocolException(
                  failed("the answer is no Connect stream; is E2B_SANDBOX_URL right?"), null));
    }
    FrameDecoder.readAll(response.body().byteStream(), this);
    return streamError != null ? refused(streamError) : exitOrFailure();
  }

  @Override
  public void onMessage(byte[] buffer, int offset, int length) throws IOException {
    EnvdWire.StreamMessage message = MESSAGES.readValue(buffer, offset, length);
    EnvdWire.Event event = message == null ? null : message.event();
    if (event == null) {
      return;
    }
    if (event.start() != null) {
      if (event.start().pid() <= 0) {
        throw new FrameDecoder.MalformedFrameException("a process without a pid was told");
      }
      started.complete(event.start().pid());
    }
    if (event.data() != null) {
      deliver(event.data());
    }
    EnvdWire.EndEvent end = event.end();
    if (end != null) {
      exit = new CommandExit(end.exitCode(), end.exited(), end.status());
    }
  }

  private void deliver(EnvdWire.DataEvent data) throws ListenerFailedException {
    try {
      if (data.stdout() != null) {
        listener.onStdout(data.stdout());
      }
      if (data.stderr() != null) {
        listener.onStderr(data.stderr());
      }
      // A terminal has one output only.
      if (data.pty() != null) {
        listener.onStdout(data.pty());
      }
    } catch (RuntimeException | Error e) {
      throw new ListenerFailedException(e);
    }
  }

  @Override
  public void onEnd(byte[] buffer, int offset, int length) throws IOException {
    streamError = EnvdWire.EndOfStream.error(buffer, offset, length);
  }

  private Outcome refused(JsonNode error) {
    if (limit != null && "deadline_exceeded".equals(error.path("code").asText())) {
      return failure(
          () ->
              new CommandTimeoutException(
                  "cannot %s: it ran into its time limit of %s and was killed%s"
                      .formatted(operation, limit, pidNote()),
                  limit));
    }
    return failure(
        () -> envd.failures().stream(operation, call.request(), error, envd.sandboxId()));
  }

  private Outcome exitOrFailure() {
    if (exit != null) {
      return new Outcome(exit, null);
    }
    return failure(
        () -> new E2bProtocolException(failed("the stream ended without an exit code"), null));
  }

  private Outcome cut(IOException cause) {
    if (exit != null) {
      return new Outcome(exit, null);
    }
    return failure(
        () -> new E2bTransportException(failed(HttpTransport.reason(cause)), true, cause));
  }

  private static Outcome failure(Supplier<E2bException> failure) {
    return new Outcome(null, failure);
  }

  private String failed(String reason) {
    return "cannot %s: %s; the process may still run%s".formatted(operation, reason, pidNote());
  }

  private String pidNote() {
    Long pid = started.getNow(0L);
    return pid == 0 ? "" : " (pid " + pid + ")";
  }

  private void finish(Outcome outcome) {
    Outcome last = outcome;
    try {
      listener.onEnd();
    } catch (RuntimeException | Error e) {
      if (outcome.failure() == null) {
        last = failure(() -> new E2bException(failed("the output listener threw"), e));
      }
    }
    started.complete(0L);
    ended.complete(last);
  }
}
