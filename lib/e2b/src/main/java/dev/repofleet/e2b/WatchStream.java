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
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Reads a stream of WatchDir, on the thread that OkHttp gives the call. */
final class WatchStream implements Callback, FrameDecoder.Sink {
  private static final ObjectReader MESSAGES = JsonCodec.reader(EnvdWire.WatchMessage.class);

  private final Envd envd;
  private final String operation;
  private final SendMark mark;
  private final Call call;
  private final FileWatch watch;
  private final CompletableFuture<Boolean> started = new CompletableFuture<>();
  private @Nullable JsonNode streamError;

  private WatchStream(Envd envd, String operation, SendMark mark, Call call, FileWatch watch) {
    this.envd = envd;
    this.operation = operation;
    this.mark = mark;
    this.call = call;
    this.watch = watch;
  }

  /** Starts a watch, and returns when it is in place. */
  static FileWatch open(Envd envd, String operation, String path, boolean recursive) {
    SendMark mark = new SendMark();
    Request request =
        envd.stream(
            "filesystem.Filesystem/WatchDir", new EnvdWire.WatchRequest(path, recursive), null);
    Call call = envd.transport().newStream(request, mark, operation);
    FileWatch watch = new FileWatch(operation, call);
    WatchStream stream = new WatchStream(envd, operation, mark, call, watch);
    call.enqueue(stream);
    boolean started =
        HttpTransport.await(
            stream.started(), envd.options().requestTimeout(), call, mark, operation);
    if (!started) {
      watch.next(Duration.ZERO);
    }
    return watch;
  }

  /** Completes when the watch is in place, or has failed, which the watch then tells. */
  CompletableFuture<Boolean> started() {
    return started;
  }

  @Override
  public void onFailure(Call failed, IOException e) {
    finish(() -> HttpTransport.transportFailure(operation, call.request(), mark, e));
  }

  @Override
  public void onResponse(Call answered, Response response) {
    Thread.currentThread().setName("e2b-watch-" + envd.sandboxId());
    Supplier<E2bException> end;
    try (response) {
      end = follow(response);
    } catch (FrameDecoder.MalformedFrameException | JsonProcessingException e) {
      end = () -> new E2bProtocolException(failed(HttpTransport.reason(e)), e);
    } catch (IOException e) {
      end = () -> new E2bTransportException(failed(HttpTransport.reason(e)), true, e);
    } catch (RuntimeException | OutOfMemoryError e) {
      end = () -> new E2bException(failed("the client failed"), e);
    }
    call.cancel();
    finish(end);
  }

  private Supplier<E2bException> follow(Response response) throws IOException {
    if (!response.isSuccessful()) {
      HttpReply reply = HttpReply.read(response, 0);
      return () -> envd.refusal(operation, call.request(), reply);
    }
    if (!FrameDecoder.isConnectStream(response)) {
      return () ->
          new E2bProtocolException(
              failed("the answer is no Connect stream; is E2B_SANDBOX_URL right?"), null);
    }
    FrameDecoder.readAll(response.body().byteStream(), this);
    JsonNode error = streamError;
    return error == null
        ? () -> new E2bTransportException(failed("envd ended the watch"), true, null)
        : () -> envd.failures().stream(operation, call.request(), error, envd.sandboxId());
  }

  @Override
  public void onMessage(byte[] buffer, int offset, int length) throws IOException {
    EnvdWire.WatchMessage message = MESSAGES.readValue(buffer, offset, length);
    if (message == null) {
      return;
    }
    if (message.start() != null) {
      started.complete(true);
    }
    if (message.filesystem() != null) {
      watch.add(FileEvent.of(message.filesystem()));
    }
  }

  @Override
  public void onEnd(byte[] buffer, int offset, int length) throws IOException {
    streamError = EnvdWire.EndOfStream.error(buffer, offset, length);
  }

  private String failed(String reason) {
    return "cannot " + operation + ": " + reason;
  }

  private void finish(Supplier<E2bException> end) {
    watch.fail(end);
    started.complete(false);
  }
}
