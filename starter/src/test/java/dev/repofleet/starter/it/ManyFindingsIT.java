package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.testing.GitRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * 30,000 findings in 3,000 files of one repository, an answer of 8 MB of the real CLI: nothing is
 * lost or counted twice on the way, and a second batch knows them all. The times are printed; only
 * a hang fails.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
@Tag("long")
class ManyFindingsIT {
  private static final String NAME = "cedar";
  private static final int FILES = 3000;
  private static final int LINES = 10;
  private static final int ALL = FILES * LINES;

  /** What GitHub code scanning takes of a run. */
  private static final int SARIF_RESULTS = 25_000;

  private static final Duration SOON = Duration.ofMinutes(10);

  @TempDir Path folder = Path.of("");
  private AttackedFleet fleet;

  @BeforeEach
  void start() throws IOException {
    fleet =
        new AttackedFleet(
            new AttackedFleet.Setup("ManyFindingsIT", folder, List.of(NAME), 1, 0),
            new ManyFindingsScenario(FILES, LINES),
            Map.of());
    GitRepository repository = new GitRepository(folder.resolve(NAME));
    for (int file = 0; file < FILES; file++) {
      StringBuilder text = new StringBuilder();
      for (int line = 1; line <= LINES; line++) {
        text.append("value_%d = md5(%d)%n".formatted(line, file * LINES + line));
      }
      repository.write(ManyFindingsScenario.path(file), text.toString());
    }
    repository.commit("Much to find");
    Files.writeString(
        folder.resolve("many.yaml"), "rules: [weak-crypto]\nlimits: {budgetUsd: 500}\n");
  }

  @AfterEach
  void stop() {
    if (fleet != null) {
      fleet.close();
    }
  }

  private FleetProcess ended(String name, String... arguments) {
    long begin = System.nanoTime();
    FleetProcess process = fleet.fleet().start(name, arguments);
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
    assertThat(row.at("/findings/critical").asInt()).isEqualTo(FILES);
    assertThat(row.at("/findings/low").asInt()).isEqualTo(ALL - FILES);

    JsonNode findings = one.review(row).path("findings");
    assertThat(findings.size()).isEqualTo(ALL);
    Set<String> fingerprints = distinct(findings, "/fingerprint");
    assertThat(fingerprints).hasSize(ALL);
    assertThat(distinct(findings, "/locations/0/path")).hasSize(FILES);
    assertThat(distinct(findings, "/lifecycle/state")).containsExactly("new");
    assertThat(lines("out-one/findings.csv")).as("and a header").isEqualTo(ALL + 1);
    assertThat(lines("out-one/findings.jsonl")).isEqualTo(ALL);
    assertThat(one.text("report.html")).contains("30,000").endsWith("</html>\n");

    JsonNode run =
        ArtifactJson.read(Files.readString(one.file(row, "sarif")), JsonNode.class, "sarif")
            .at("/runs/0");
    assertThat(run.path("results").size()).isEqualTo(SARIF_RESULTS);
    assertThat(run.at("/properties/resultsDropped").asInt()).isEqualTo(ALL - SARIF_RESULTS);
    assertThat(
            StreamSupport.stream(run.path("results").spliterator(), false)
                .filter(result -> result.path("level").asText().equals("error")))
        .as("the most severe are kept")
        .hasSize(FILES);
    assertThat(distinct(run.path("results"), "/partialFingerprints/repofleet~1v1"))
        .hasSize(SARIF_RESULTS);

    Results two = review("two");
    JsonNode again = two.review(two.rows().get(0)).path("findings");
    assertThat(again.size()).isEqualTo(ALL);
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
