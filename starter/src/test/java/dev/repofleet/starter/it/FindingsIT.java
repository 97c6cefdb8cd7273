package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two batches over one repository, with the real CLI: what is the same stays the same. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FindingsIT {
  private static final String MOVED_ONE = "cedar";
  private static final String DECIDED_ONE = "dune";
  private static final int MOVED = 40;

  @TempDir static Path folder = Path.of("");
  private AttackedFleet fleet;

  @BeforeAll
  void start() {
    fleet =
        new AttackedFleet(
            new AttackedFleet.Setup("FindingsIT", folder, List.of(MOVED_ONE, DECIDED_ONE), 1, 0),
            new RewordingScenario(),
            Map.of());
    String more = "import os\n\n\ndef run(name):\n    os.system('ls ' + name)\n";
    for (String name : fleet.repositories()) {
      repository(name).write("src/more.py", more).commit("More to find");
    }
  }

  private GitRepository repository(String name) {
    return new GitRepository(folder.resolve(name));
  }

  @AfterAll
  void stop() {
    if (fleet != null) {
      fleet.close();
    }
  }

  private FleetProcess ended(String name, int exit, String... arguments) {
    FleetProcess process = fleet.fleet().start(name, arguments);
    assertThat(process.awaitExit(Waiting.LONG)).as(process.tail()).isEqualTo(exit);
    return process;
  }

  private JsonNode review(String batch, String name) {
    ended(batch, 0, "review", "--batch", batch, "--out", "out-" + batch, "--no-cache", name);
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

  private void moveAllLines(String name) throws IOException {
    GitRepository repository = repository(name);
    for (String file : repository.git("ls-files", "src").split("\n", -1)) {
      String text = Files.readString(folder.resolve(name).resolve(file));
      repository.write(file, "# moved\n".repeat(MOVED) + text);
    }
    repository.commit("Moved");
  }

  @Test
  void whatIsRewordedAndMovedBy40LinesIsNotNew() throws IOException {
    JsonNode first = review("one", MOVED_ONE);
    assertThat(first.path("findings"))
        .allMatch(finding -> finding.at("/lifecycle/state").asText().equals("new"));

    moveAllLines(MOVED_ONE);
    JsonNode second = review("two", MOVED_ONE);

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
    String id = lines(review("before", DECIDED_ONE)).keySet().iterator().next();
    ended(
        "decide",
        0,
        "findings",
        "false-positive",
        "before",
        id.substring(0, 12),
        "--reason",
        "a sample");
    moveAllLines(DECIDED_ONE);
    JsonNode second = review("after", DECIDED_ONE);
    for (JsonNode finding : second.path("findings")) {
      boolean decided = finding.path("fingerprint").asText().equals(id);
      assertThat(finding.at("/suppression/reason").asText()).isEqualTo(decided ? "a sample" : "");
    }
    JsonNode sarif =
        ArtifactJson.read(
            Files.readString(
                folder
                    .resolve("out-after")
                    .resolve(second.path("key").asText() + "/findings.sarif")),
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
