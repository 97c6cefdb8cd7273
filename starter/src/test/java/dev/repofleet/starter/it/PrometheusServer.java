package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A real Prometheus on a free port of this machine; closing ends it. For one thread. */
final class PrometheusServer implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Pattern LISTENING =
      Pattern.compile("msg=\"Listening on\".* address=(\\S+)\\s");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path log;
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
    log = folder.resolve("log");
    try {
      Files.createDirectories(folder);
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
                  "--web.listen-address=127.0.0.1:0")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      Waiting.until("Prometheus listens", Waiting.LONG, () -> listening().find());
      Matcher listening = listening();
      assertThat(listening.find()).isTrue();
      address = URI.create("http://" + listening.group(1));
      Waiting.until("Prometheus answers", Waiting.LONG, this::isReady);
    } catch (AssertionError failed) {
      close();
      throw failed;
    }
  }

  private Matcher listening() {
    assertThat(process.isAlive()).as("Prometheus has ended, see " + log).isTrue();
    try {
      return LISTENING.matcher(Files.readString(log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isReady() {
    assertThat(process.isAlive()).as("Prometheus has ended, see " + log).isTrue();
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
