package dev.repofleet.e2b.local.http;

import dev.repofleet.e2b.local.machine.SandboxLauncher;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server-streaming call that has begun (E2B contract, 3.2).
 *
 * @param stream to the client; open
 * @param timeout what the client said in Connect-Timeout-Ms
 */
public record StreamCall(EventStream stream, Optional<Duration> timeout) {
  public static final String CONTENT_TYPE = "application/connect+json";

  /** What a call does; what it throws ends the stream. */
  public interface Service {
    void serve(StreamCall call, byte[] body) throws IOException, InterruptedException;
  }

  /** Whether a request has the content type of a stream; else it was refused. */
  public static boolean accepts(Exchange exchange) {
    String contentType = exchange.header("Content-Type");
    if (contentType != null && contentType.startsWith(CONTENT_TYPE)) {
      return true;
    }
    exchange.reply(HttpReply.empty(415).withHeader("Accept-Post", CONTENT_TYPE));
    return false;
  }

  /** Reads the request, opens the stream and serves the call on a worker thread. */
  public static void open(
      Exchange exchange, SandboxLauncher timers, byte[] keepalive, Service service) {
    if (!accepts(exchange)) {
      return;
    }
    ResponseWriter writer = exchange.writer();
    exchange.body(
        body -> exchange.execute(() -> run(exchange, timers, keepalive, service, writer, body)));
  }

  private static void run(
      Exchange exchange,
      SandboxLauncher timers,
      byte[] keepalive,
      Service service,
      ResponseWriter writer,
      byte[] body) {
    EventStream stream =
        new EventStream(
            writer,
            timers,
            keepalive(exchange.header("Keepalive-Ping-Interval")),
            keepalive,
            exchange.strike());
    stream.open();
    try {
      service.serve(new StreamCall(stream, timeout(exchange.header("Connect-Timeout-Ms"))), body);
    } catch (RpcException refused) {
      stream.fail(refused);
    } catch (IOException failed) {
      stream.fail(new RpcException(RpcCode.INTERNAL, "the call failed: " + failed.getMessage()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      stream.cut();
    }
  }

  private static Optional<Duration> timeout(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    if (!header.matches("\\d{1,10}")) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "parse timeout: Connect-Timeout-Ms");
    }
    long millis = Long.parseLong(header);
    if (millis == 0) {
      throw new RpcException(RpcCode.DEADLINE_EXCEEDED, "context deadline exceeded");
    }
    return Optional.of(Duration.ofMillis(millis));
  }

  /** envd dies of an interval below one second; this server takes the least that works. */
  private static Duration keepalive(@Nullable String header) {
    if (header == null || !header.matches("-?\\d{1,9}")) {
      return EventStream.DEFAULT_KEEPALIVE;
    }
    return Duration.ofSeconds(Math.max(1, Integer.parseInt(header)));
  }
}
