package dev.repofleet.starter.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.repofleet.workflows.client.encryption.PayloadEncryptionException;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.payload.codec.PayloadCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Temporal's remote codec: {@code POST /decode} and {@code /encode} of a JSON object {@code
 * {"payloads": […]}}, which a browser may call from the UI's pages alone. It decodes for whoever
 * reaches it: keep it on loopback, or behind something that asks who it is. A peer holds one of its
 * four threads for five seconds with half a request, and for a minute when it does not read the
 * answer. Thread-safe; its owner closes it.
 *
 * <p>The SDK has such a server too; that one listens on every address and answers every page.
 */
public final class CodecServer implements AutoCloseable {
  /** A page of a history is 4 MB at the most on Temporal's side, and a third more in Base64. */
  private static final int MAX_BODY = 16 << 20;

  /*
   * Read by the JDK's server when its class is loaded, and by no other means; without them it waits
   * for ever. Shared with whatever else listens so in this process.
   */
  static {
    limit("sun.net.httpserver.maxReqTime", 5);
    limit("sun.net.httpserver.maxRspTime", 60);
  }

  private static void limit(String property, int seconds) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(seconds));
    }
  }

  /** A browser's calls, and peers that stand still. */
  private static final int THREADS = 4;

  private final HttpServer server;
  private final Predicate<String> origins;
  private final ExecutorService threads;

  /**
   * Listens at once.
   *
   * @param host to listen on
   * @param port 0 for any free one
   * @param origins what {@code Origin} a browser's page may have; asked on each call
   * @throws UncheckedIOException when the port is taken or the host is none of this machine's
   */
  public CodecServer(String host, int port, PayloadCodec codec, Predicate<String> origins) {
    this.origins = origins;
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the codec endpoint can't listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "repofleet-codec-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    server.createContext("/decode", exchange -> handle(exchange, codec::decode));
    server.createContext("/encode", exchange -> handle(exchange, codec::encode));
    server.createContext("/", exchange -> answer(exchange, 404, "/decode and /encode are here\n"));
    server.setExecutor(threads);
    server.start();
  }

  private void handle(HttpExchange exchange, UnaryOperator<List<Payload>> change)
      throws IOException {
    Optional<String> origin = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Origin"));
    exchange.getResponseHeaders().set("Vary", "Origin");
    if (origin.isPresent() && !origins.test(origin.get())) {
      answer(exchange, 403, "pages of " + origin.get() + " may not decode here\n");
      return;
    }
    origin.ifPresent(allowed -> allow(exchange.getResponseHeaders(), allowed));
    switch (exchange.getRequestMethod()) {
      case "OPTIONS" -> {
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
      }
      case "POST" -> post(exchange, change);
      default -> answer(exchange, 405, "send payloads by POST\n");
    }
  }

  private static void allow(Headers headers, String origin) {
    headers.set("Access-Control-Allow-Origin", origin);
    headers.set("Access-Control-Allow-Methods", "POST, OPTIONS");
    headers.set(
        "Access-Control-Allow-Headers",
        "Content-Type, X-Namespace, Authorization, Authorization-Extras");
    headers.set("Access-Control-Allow-Credentials", "true");
  }

  private static void post(HttpExchange exchange, UnaryOperator<List<Payload>> change)
      throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      answer(exchange, 413, "more than " + MAX_BODY + " bytes\n");
      return;
    }
    try {
      Payloads.Builder asked = Payloads.newBuilder();
      JsonFormat.parser()
          .ignoringUnknownFields()
          .merge(new String(body, StandardCharsets.UTF_8), asked);
      Payloads changed =
          Payloads.newBuilder().addAllPayloads(change.apply(asked.getPayloadsList())).build();
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      send(exchange, 200, JsonFormat.printer().omittingInsignificantWhitespace().print(changed));
    } catch (InvalidProtocolBufferException e) {
      answer(exchange, 400, "this is no JSON of payloads\n");
    } catch (PayloadEncryptionException e) {
      answer(exchange, 400, e.getMessage() + "\n");
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    send(exchange, status, text);
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Where it listens, as the UI's settings want it. */
  public URI uri() {
    InetSocketAddress address = server.getAddress();
    return URI.create("http://" + address.getHostString() + ":" + address.getPort());
  }

  /** Ends at once. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
