package dev.repofleet.starter.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.worker.FleetWorker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * 30,000 findings in 3,000 files of one repository, from an agent to the reports and the next
 * batch. The agent keeps the CLI's contract and is none: the rehearsal's program without its limit,
 * since no real run gave so long an answer. The times are printed; only a hang fails.
 */
@Timeout(value = 1800, unit = TimeUnit.SECONDS)
class VeryManyFindingsIT {
  private static final String NAME = "cedar";
  private static final int FILES = 3000;
  private static final int EACH = 5;
  private static final int ALL = FILES * EACH * 2;

  /** What GitHub code scanning takes of a run. */
  private static final int SARIF_RESULTS = 25_000;

  private static final Duration SOON = Duration.ofMinutes(12);

  @TempDir Path folder = Path.of("");
  private SeparateFleet fleet;
  private FleetWorkers workers;

  @BeforeEach
  void start() throws IOException {
    Prerequisites.requireSandboxes();
    GitRepository repository = GitRepository.init(folder.resolve(NAME));
    for (int file = 0; file < FILES; file++) {
      StringBuilder text = new StringBuilder("import hashlib\nimport os\n");
      for (int one = 0; one < EACH; one++) {
        text.append(
            """


            def work_%1$d(name, password):
                os.system("tar %2$d " + name)
                return hashlib.md5(password + b"%2$d")
            """
                .formatted(one, file * EACH + one));
      }
      repository.write("src/part%04d.py".formatted(file), text.toString());
    }
    repository.commit("Very much to find");
    Files.writeString(folder.resolve("many.yaml"), "rules: [command-injection, weak-crypto]\n");
    fleet =
        new SeparateFleet(
            "VeryManyFindingsIT", folder, agent(), Map.of("ANTHROPIC_API_KEY", "not-used"));
    workers = new FleetWorkers(fleet, 1, 10);
  }

  private Path agent() throws IOException {
    String program;
    try (InputStream in = FleetWorker.class.getResourceAsStream("agent/rehearsal_agent.py")) {
      program = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
    Path claude = Files.createDirectories(folder.resolve("agent")).resolve("claude");
    Files.writeString(claude, program.replace("MAX_FINDINGS = 200", "MAX_FINDINGS = 10 ** 6"));
    Files.setPosixFilePermissions(claude, PosixFilePermissions.fromString("rwxr-xr-x"));
    return claude;
  }

  @AfterEach
  void stop() {
    if (workers != null) {
      workers.close();
    }
    if (fleet != null) {
      fleet.close();
    }
  }

  private FleetProcess ended(String name, String... arguments) {
    long begin = System.nanoTime();
    FleetProcess process = fleet.start(name, arguments);
    assertThat(process.awaitExit(SOON)).as(process.tail()).isZero();
    System.out.printf("%,d findings, %s: %.1f s%n", ALL, name, (System.nanoTime() - begin) / 1e9);
    return process;
  }

  private Results review(String batch) {
    ended(
        batch,
        "review",
        "--batch",
        batch,
        "--plan",
        "many.yaml",
        "--out",
        "out-" + batch,
        "--no-cache",
        NAME);
    Results results = new Results(folder.resolve("out-" + batch));
    results.assertAllComplete(1);
    return results;
  }

  @Test
  void thirtyThousandFindingsComeOutWholeAndAreTheSameInTheNextBatch() throws IOException {
    Results one = review("one");
    JsonNode row = one.rows().get(0);
    assertThat(row.at("/findings/high").asInt()).as(row.toString()).isEqualTo(ALL / 2);
    assertThat(row.at("/findings/medium").asInt()).isEqualTo(ALL / 2);
    JsonNode findings = one.review(row).path("findings");
    assertThat(findings.size()).isEqualTo(ALL);
    Set<String> fingerprints = distinct(findings, "/fingerprint");
    assertThat(fingerprints).hasSize(ALL);
    assertThat(distinct(findings, "/lifecycle/state")).containsExactly("new");
    assertThat(lines("out-one/findings.csv")).as("and a header").isEqualTo(ALL + 1);
    assertThat(lines("out-one/findings.jsonl")).isEqualTo(ALL);
    assertThat(one.text("report.html")).contains("30,000").endsWith("</html>\n");

    JsonNode run =
        ArtifactJson.read(Files.readString(one.file(row, "sarif")), JsonNode.class, "sarif")
            .at("/runs/0");
    assertThat(run.path("results").size()).isEqualTo(SARIF_RESULTS);
    assertThat(run.at("/properties/resultsDropped").asInt()).isEqualTo(ALL - SARIF_RESULTS);
    int high = 0;
    for (JsonNode result : run.path("results")) {
      high += result.at("/properties/severity").asText().equals("high") ? 1 : 0;
    }
    assertThat(high).as("the most severe are kept").isEqualTo(ALL / 2);

    Results two = review("two");
    JsonNode again = two.review(two.rows().get(0)).path("findings");
    assertThat(distinct(again, "/fingerprint")).isEqualTo(fingerprints);
    assertThat(distinct(again, "/lifecycle/state")).containsExactly("persisting");
    assertThat(ended("compare", "compare", "one", "two", "--fail-on", "new:info").tail())
        .contains("two, compared with one: 0 new, 30000 persisting");
  }

  private static Set<String> distinct(JsonNode all, String place) {
    Set<String> values = new HashSet<>();
    all.forEach(one -> values.add(one.at(place).asText()));
    return values;
  }

  private long lines(String file) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve(file))) {
      return lines.count();
    }
  }
}
