package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.testing.GitRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Two batches over one repository, with the real CLI: what is the same stays the same. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
@Execution(ExecutionMode.CONCURRENT)
class FindingsIT {
  private static final String NAME = "cedar";
  private static final int MOVED = 40;
  private static final Duration SOON = Duration.ofMinutes(4);

  @TempDir Path folder = Path.of("");
  private AttackedFleet fleet;
  private GitRepository repository;

  @BeforeEach
  void start() throws IOException {
    fleet =
        new AttackedFleet(
            new AttackedFleet.Setup("FindingsIT", folder, List.of(NAME), 1, 0),
            new RewordingScenario(),
            Map.of());
    repository = new GitRepository(folder.resolve(NAME));
    String more = "import os\n\n\ndef run(name):\n    os.system('ls ' + name)\n";
    repository.write("src/more.py", more).commit("More to find");
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private FleetProcess ended(String name, int exit, String... arguments) {
    FleetProcess process = fleet.fleet().start(name, arguments);
    assertThat(process.awaitExit(SOON)).as(process.tail()).isEqualTo(exit);
    return process;
  }

  private JsonNode review(String batch) {
    ended(batch, 0, "review", "--batch", batch, "--out", "out-" + batch, "--no-cache", NAME);
    Results results = new Results(folder.resolve("out-" + batch));
    results.assertAllComplete(1);
    return results.review(results.rows().get(0));
  }

  /** Lines by fingerprint. */
  private static Map<String, Integer> lines(JsonNode review) {
    Map<String, Integer> lines = new TreeMap<>();
    for (JsonNode finding : review.path("findings")) {
      lines.put(finding.path("fingerprint").asText(), finding.at("/locations/0/startLine").asInt());
    }
    assertThat(lines).hasSize(review.path("findings").size()).hasSizeGreaterThan(1);
    return lines;
  }

  private void moveAllLines() throws IOException {
    for (String file : repository.git("ls-files", "src").split("\n", -1)) {
      String text = Files.readString(folder.resolve(NAME).resolve(file));
      repository.write(file, "# moved\n".repeat(MOVED) + text);
    }
    repository.commit("Moved");
  }

  @Test
  void whatIsRewordedAndMovedBy40LinesIsNotNew() throws IOException {
    JsonNode first = review("one");
    assertThat(first.path("findings"))
        .allMatch(finding -> finding.at("/lifecycle/state").asText().equals("new"));

    moveAllLines();
    JsonNode second = review("two");

    Map<String, Integer> before = lines(first);
    Map<String, Integer> after = lines(second);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.forEach((id, line) -> assertThat(line).isEqualTo(before.getOrDefault(id, 0) + MOVED));
    assertThat(second.path("findings"))
        .allMatch(finding -> finding.at("/lifecycle/state").asText().equals("persisting"))
        .allMatch(finding -> !first.toString().contains(finding.path("title").asText()));
    assertThat(second.at("/baseline/batch").asText()).isEqualTo("one");

    FleetProcess compare = ended("compare", 0, "compare", "one", "two", "--fail-on", "new:info");
    assertThat(compare.tail())
        .contains("two, compared with one: 0 new, " + after.size() + " persisting");
  }

  @Test
  void whatIsDecidedStaysDecidedAndIsInTheSarif() throws IOException {
    String id = lines(review("one")).keySet().iterator().next();
    ended(
        "decide",
        0,
        "findings",
        "false-positive",
        "one",
        id.substring(0, 12),
        "--reason",
        "a sample");
    moveAllLines();
    JsonNode second = review("two");
    for (JsonNode finding : second.path("findings")) {
      boolean decided = finding.path("fingerprint").asText().equals(id);
      assertThat(finding.at("/suppression/reason").asText()).isEqualTo(decided ? "a sample" : "");
    }
    JsonNode sarif =
        ArtifactJson.read(
            Files.readString(
                folder.resolve("out-two").resolve(second.path("key").asText() + "/findings.sarif")),
            JsonNode.class,
            "sarif");
    assertThat(sarif.at("/runs/0/results")).hasSize(second.path("findings").size());
    assertThat(sarif.at("/runs/0/results"))
        .filteredOn(result -> result.has("suppressions"))
        .singleElement()
        .satisfies(
            result ->
                assertThat(result.at("/partialFingerprints").path("repofleet/v1").asText())
                    .isEqualTo(id));
  }
}
