package dev.repofleet.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * {@code GET /metrics} for Prometheus and {@code GET /healthz} (200 while the worker polls, else
 * 503). One thread; closed by its owner.
 */
final class MetricsServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread created = new Thread(task, "repofleet-metrics");
            created.setDaemon(true);
            return created;
          });

  /**
   * Listens at once.
   *
   * @throws UncheckedIOException naming the port when it is taken
   */
  MetricsServer(String host, int port, FleetMetrics metrics, BooleanSupplier healthy) {
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), 0);
    } catch (IOException e) {
      thread.shutdownNow();
      throw new UncheckedIOException(
          "port " + port + " for metrics is busy: give another with --metrics-port (0 = any)", e);
    }
    server.createContext(
        "/metrics",
        exchange -> answer(exchange, 200, "text/plain; version=0.0.4", metrics.scrape()));
    server.createContext(
        "/healthz",
        exchange -> {
          boolean up = healthy.getAsBoolean();
          answer(exchange, up ? 200 : 503, "text/plain", up ? "ok\n" : "not polling\n");
        });
    server.setExecutor(thread);
    server.start();
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    thread.shutdownNow();
  }
}
