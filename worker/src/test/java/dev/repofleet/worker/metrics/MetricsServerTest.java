package dev.repofleet.worker.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MetricsServerTest {
  private static final String LOOPBACK = "127.0.0.1";

  private final FleetMetrics metrics = new FleetMetrics();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicBoolean polling = new AtomicBoolean();
  private final MetricsServer server =
      new MetricsServer(LOOPBACK, 0, metrics, ended::get, polling::get);

  @AfterEach
  void close() {
    server.close();
    metrics.close();
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://" + LOOPBACK + ":" + server.port() + path))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body().strip();
  }

  @Test
  void a_worker_that_begins_or_drains_lives_and_is_not_ready() throws Exception {
    assertThat(get("/healthz")).isEqualTo("200 ok");
    assertThat(get("/readyz")).isEqualTo("503 not polling");
    polling.set(true);
    assertThat(get("/readyz")).isEqualTo("200 ok");
    polling.set(false);
    assertThat(get("/healthz")).isEqualTo("200 ok");
    assertThat(get("/readyz")).isEqualTo("503 not polling");
  }

  @Test
  void a_worker_that_has_ended_and_whose_process_stays_is_not_healthy() throws Exception {
    ended.set(true);
    assertThat(get("/healthz")).isEqualTo("503 ended");
  }

  @Test
  void metrics_are_served_and_other_paths_are_not() throws Exception {
    assertThat(get("/metrics")).startsWith("200 ").contains("repofleet_pool_waiting");
    assertThat(get("/")).startsWith("404");
  }

  /** Else one peer of the network would have the liveness probe restart the worker. */
  @Test
  @Timeout(60)
  void a_peer_that_sends_half_a_request_silences_nobody() throws Exception {
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      peer.getOutputStream().write("GET /heal".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 3; i++) {
        assertThat(get("/healthz")).isEqualTo("200 ok");
      }
    }
  }

  @Test
  void a_port_that_is_taken_is_named() {
    assertThatThrownBy(
            () ->
                new MetricsServer(LOOPBACK, server.port(), metrics, ended::get, polling::get)
                    .close())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(LOOPBACK + ":" + server.port())
        .hasMessageContaining("--metrics-port");
  }
}
