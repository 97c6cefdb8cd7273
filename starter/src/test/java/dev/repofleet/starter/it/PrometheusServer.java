package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A real Prometheus on a free port of this machine; closing ends it. For one thread. */
final class PrometheusServer implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final URI address;

  /**
   * Starts one, and returns when it answers.
   *
   * @param folder of its own, for configuration, data and log
   * @param job that the targets get as their label
   * @param targets whose {@code /metrics} is asked every second
   * @param rules a file of alert rules
   */
  PrometheusServer(Path folder, String job, List<URI> targets, Path rules) {
    try {
      Files.createDirectories(folder);
      int port;
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      address = URI.create("http://127.0.0.1:" + port);
      Path configuration = folder.resolve("prometheus.yml");
      Files.writeString(
          configuration,
          """
          global: {scrape_interval: 1s, evaluation_interval: 1s}
          rule_files: ["%s"]
          scrape_configs:
            - job_name: %s
              static_configs: [{targets: [%s]}]
          """
              .formatted(
                  rules,
                  job,
                  targets.stream()
                      .map(target -> "\"" + target.getAuthority() + "\"")
                      .collect(Collectors.joining(", "))));
      process =
          new ProcessBuilder(
                  "prometheus",
                  "--config.file=" + configuration,
                  "--storage.tsdb.path=" + folder.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      Waiting.until("Prometheus answers", Waiting.LONG, this::isReady);
    } catch (AssertionError failed) {
      close();
      throw failed;
    }
  }

  private boolean isReady() {
    assertThat(process.isAlive()).as("Prometheus has ended").isTrue();
    try {
      return get("/-/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** What an expression comes to now: a series in each element. */
  JsonNode query(String expression) {
    return data("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .path("result");
  }

  /** {@code data} of what the API answers; fails the test where that is no success. */
  JsonNode data(String path) {
    try {
      HttpResponse<String> response = get(path);
      assertThat(response.statusCode()).as(path + ": " + response.body()).isEqualTo(200);
      return ArtifactJson.read(response.body(), JsonNode.class, path).path("data");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> get(String path) throws IOException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(address + path)).timeout(Waiting.LONG).build(),
          BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
