package dev.repofleet.worker.metrics;

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
 * {@code GET /metrics} for Prometheus; {@code GET /healthz}, which is 503 when nothing but a
 * restart helps; {@code GET /readyz}, which is 200 from the worker's start until it drains, whether
 * or not Temporal answers. Some threads of its own: a peer that sends half a request holds one for
 * five seconds. Closed by its owner.
 */
public final class MetricsServer implements AutoCloseable {
  /**
   * Read by the JDK's server when its class is loaded, and by no other means; without it for ever.
   */
  private static final String SECONDS_FOR_A_REQUEST = "sun.net.httpserver.maxReqTime";

  static {
    if (System.getProperty(SECONDS_FOR_A_REQUEST) == null) {
      System.setProperty(SECONDS_FOR_A_REQUEST, "5");
    }
  }

  /** Prometheus, the probes, and peers that stand still. */
  private static final int THREADS = 4;

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread created = new Thread(task, "repofleet-metrics");
            created.setDaemon(true);
            return created;
          });

  /**
   * Listens at once.
   *
   * @param ended whether the worker does nothing any more, and never will
   * @param polling whether it takes new work
   * @throws UncheckedIOException naming host and port when it can't listen there
   */
  public MetricsServer(
      String host, int port, FleetMetrics metrics, BooleanSupplier ended, BooleanSupplier polling) {
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), 0);
    } catch (IOException e) {
      threads.shutdownNow();
      throw new UncheckedIOException(
          "metrics can't be served at "
              + host
              + ":"
              + port
              + " ("
              + e.getMessage()
              + "): give another port with --metrics-port (0 = any), or another"
              + " REPOFLEET_METRICS_HOST",
          e);
    }
    server.createContext(
        "/metrics",
        exchange -> answer(exchange, 200, "text/plain; version=0.0.4", metrics.scrape()));
    answering("/healthz", () -> !ended.getAsBoolean(), "ended\n");
    answering("/readyz", polling, "not polling\n");
    server.setExecutor(threads);
    server.start();
  }

  private void answering(String path, BooleanSupplier good, String otherwise) {
    server.createContext(
        path,
        exchange -> {
          boolean up = good.getAsBoolean();
          answer(exchange, up ? 200 : 503, "text/plain", up ? "ok\n" : otherwise);
        });
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** Where it listens; with port 0 the one that was free. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
