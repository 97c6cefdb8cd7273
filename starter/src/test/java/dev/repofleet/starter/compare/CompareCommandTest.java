package dev.repofleet.starter.compare;

import static dev.repofleet.artifacts.finding.Severity.LOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.starter.testing.EventLines;
import dev.repofleet.starter.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two batches that have ended, and no server. */
class CompareCommandTest {
  @TempDir Path folder = Path.of("");

  private TestProgram program = new TestProgram(folder);
  private ArtifactStore store;

  @BeforeEach
  void openTheStore() {
    String place = folder.resolve("store").toString();
    program = new TestProgram(folder).with("REPOFLEET_ARTIFACTS", place);
    store = ArtifactStores.open(place);
  }

  private static Finding finding(String code, Severity severity, int line, String title) {
    Finding plain =
        Finding.of(
            "f" + line,
            new AgentFinding(
                "r",
                title,
                severity,
                Confidence.LOW,
                "a.py",
                line,
                line,
                null,
                null,
                null,
                List.of()));
    return plain
        .withPrimary(plain.primary().withSnippetHash(Sha256.ofText(code)))
        .withFingerprint(Sha256.ofText("id of " + code));
  }

  private record Reviewed(
      String target, CoverageStatus coverage, List<Finding> findings, RepositoryStatus status) {
    Reviewed(String target, CoverageStatus coverage, List<Finding> findings) {
      this(target, coverage, findings, RepositoryStatus.COMPLETE);
    }
  }

  private void batch(String id, CoverageStatus coverage, List<Finding> findings) {
    batch(id, new Reviewed("owner/name", coverage, findings));
  }

  private void batch(String id, Reviewed... reviewed) {
    try (ManifestWriter writer = new ManifestWriter(store, id)) {
      for (int index = 0; index < reviewed.length; index++) {
        TargetSpec spec = new TargetParser(path -> false).parse(reviewed[index].target());
        CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
        TargetRow row = TargetRow.git(index, TargetKey.of(canonical, null, null), spec, canonical);
        writer.add(row);
        RepositoryResult result =
            RepositoryResult.builder(id, row, reviewed[index].status())
                .coverage(new Coverage(reviewed[index].coverage(), 1, 1, List.of()))
                .findings(reviewed[index].findings())
                .build();
        store.putNamed(ArtifactPaths.review(id, row.key()), ArtifactJson.pretty(result));
      }
      writer.finish();
    }
    plan(id, List.of());
    store.putNamed(
        ArtifactPaths.batch(id),
        ArtifactJson.pretty(
            BatchResult.of(
                new BatchResult.Head(
                    id, BatchStatus.COMPLETE, null, "p", null, TestProgram.NOW, TestProgram.NOW),
                new ArrayList<>())));
  }

  private void plan(String id, List<String> rules) {
    store.putNamed(
        ArtifactPaths.plan(id),
        ArtifactJson.pretty(Plan.builder("p", "Look.").rules(rules).build()));
  }

  @Test
  void whatTheLaterPlanDoesNotLookForIsUnknown() {
    batch("monday", CoverageStatus.COMPLETE, List.of(finding("a", Severity.HIGH, 10, "Still")));
    batch("tuesday", CoverageStatus.COMPLETE, List.of());
    plan("tuesday", List.of("another"));
    assertThat(program.run("compare", "monday", "tuesday").out())
        .startsWith("tuesday, compared with monday: 0 new, 1 unknown\n");
    plan("tuesday", List.of("another", "r"));
    assertThat(program.run("compare", "monday", "tuesday").out())
        .startsWith("tuesday, compared with monday: 0 new, 1 resolved\n");
  }

  @Test
  void rewordedAndMovedFindingsPersistAndTheRestIsNewOrResolved() {
    batch(
        "monday",
        CoverageStatus.COMPLETE,
        List.of(
            finding("a", Severity.HIGH, 10, "One way to say it"),
            finding("b", Severity.LOW, 20, "Gone")));
    batch(
        "tuesday",
        CoverageStatus.COMPLETE,
        List.of(
            finding("a", Severity.HIGH, 50, "Quite another way"),
            finding("c", Severity.MEDIUM, 60, "Fresh")));

    TestProgram.Outcome outcome = program.run("compare", "monday", "tuesday");
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .startsWith("tuesday, compared with monday: 1 new, 1 persisting, 1 resolved\n")
        .containsPattern("new +medium +r +a.py:60 +Fresh")
        .containsPattern("resolved +low +r +a.py:20 +Gone")
        .doesNotContain("Quite another way");

    JsonNode json =
        EventLines.of(program.run("compare", "monday", "tuesday", "--json").out()).get(0);
    assertThat(json.at("/type").asText()).isEqualTo("comparison");
    assertThat(json.at("/counts/new/medium").asInt()).isEqualTo(1);
    assertThat(json.at("/repositories/0/findings").findValuesAsText("state"))
        .containsExactly("persisting", "new", "resolved");
  }

  @Test
  void aGateIsShutWhereTheLaterBatchReviewedNothing() {
    batch("monday", CoverageStatus.COMPLETE, List.of());
    batch(
        "tuesday",
        new Reviewed(
            "owner/name", CoverageStatus.UNKNOWN, List.of(), RepositoryStatus.UNSTRUCTURED));
    assertThat(program.run("compare", "monday", "tuesday").exit()).isZero();
    TestProgram.Outcome gate = program.run("compare", "monday", "tuesday", "--fail-on", "new:high");
    assertThat(gate.exit()).isEqualTo(3);
    assertThat(gate.err()).contains("1 of the later batch's repositories were not reviewed");
  }

  @Test
  void whatAVerificationRejectedIsShownAndCountsNowhere() {
    batch(
        "monday",
        CoverageStatus.COMPLETE,
        List.of(
            finding("b", Severity.HIGH, 20, "Gone")
                .withVerification(Verification.REJECTED, "a constant")));
    batch(
        "tuesday",
        CoverageStatus.COMPLETE,
        List.of(
            finding("c", Severity.HIGH, 60, "Fresh")
                .withVerification(Verification.REJECTED, "a constant")));

    TestProgram.Outcome outcome =
        program.run("compare", "monday", "tuesday", "--fail-on", "new:info");
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .startsWith("tuesday, compared with monday: 0 new\n")
        .containsPattern("new, rejected +high +r +a.py:60 +Fresh");
    JsonNode json =
        ArtifactJson.read(
            program.run("compare", "monday", "tuesday", "--json").out(), JsonNode.class, "out");
    assertThat(json.path("counts")).isEmpty();
    assertThat(json.at("/repositories/0/findings").findValuesAsText("verification"))
        .containsExactly("rejected", "rejected");
  }

  @Test
  void whatWasNotLookedAtInFullIsUnknownAndNotResolved() {
    batch("monday", CoverageStatus.COMPLETE, List.of(finding("a", Severity.HIGH, 10, "Perhaps")));
    batch("tuesday", CoverageStatus.PARTIAL, List.of());
    assertThat(program.run("compare", "monday", "tuesday").out())
        .contains("0 new, 1 unknown")
        .contains("did not review all of it (complete, coverage partial)");
  }

  @Test
  void aLimitThatIsMetEndsWithThree() {
    batch("monday", CoverageStatus.COMPLETE, List.of());
    batch("tuesday", CoverageStatus.COMPLETE, List.of(finding("a", Severity.MEDIUM, 10, "Fresh")));
    assertThat(program.run("compare", "monday", "tuesday", "--fail-on", "new:high").exit())
        .isZero();
    TestProgram.Outcome outcome =
        program.run("compare", "monday", "tuesday", "--fail-on", "reopened:low, new:medium");
    assertThat(outcome.exit()).isEqualTo(3);
    assertThat(outcome.err()).contains("--fail-on: 1 new of severity medium or above");
  }

  @Test
  void wrongUseIsToldWithTheWayOut() {
    batch("monday", CoverageStatus.COMPLETE, List.of());
    for (String wrong : List.of("new", "new:bad", "fresh:high", "new:high,", "")) {
      TestProgram.Outcome outcome = program.run("compare", "monday", "monday", "--fail-on", wrong);
      assertThat(outcome.exit()).as(wrong).isEqualTo(2);
      assertThat(outcome.err()).contains("--fail-on");
    }
    assertThat(program.run("compare", "monday", "../x").exit()).isEqualTo(2);
    assertThat(program.run("compare", "monday").exit()).isEqualTo(2);
  }

  private String page(String before, String after, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("compare", before, after, "--out", "out"));
    arguments.addAll(List.of(more));
    TestProgram.Outcome outcome = program.run(arguments.toArray(String[]::new));
    assertThat(outcome.err()).contains("Written: ").contains("compare.html");
    return Files.readString(folder.resolve("out/compare.html"));
  }

  @Test
  void thePageHasTheCountsTheNotesAndTheNewOnesFirst() throws IOException {
    Finding kept = finding("a", Severity.HIGH, 10, "Kept");
    batch(
        "monday",
        new Reviewed(
            "o/both", CoverageStatus.COMPLETE, List.of(kept, finding("b", LOW, 20, "Gone"))),
        new Reviewed("o/cut", CoverageStatus.COMPLETE, List.of(finding("c", LOW, 3, "Perhaps"))),
        new Reviewed("o/calm", CoverageStatus.COMPLETE, List.of(kept)),
        new Reviewed("o/left", CoverageStatus.COMPLETE, List.of(finding("d", LOW, 4, "Left"))));
    batch(
        "tuesday",
        new Reviewed(
            "o/both",
            CoverageStatus.COMPLETE,
            List.of(
                kept,
                finding("e", LOW, 50, "Small and new"),
                finding("f", Severity.CRITICAL, 60, "Large and new"))),
        new Reviewed("o/cut", CoverageStatus.PARTIAL, List.of()),
        new Reviewed("o/calm", CoverageStatus.COMPLETE, List.of(kept)),
        new Reviewed("o/joined", CoverageStatus.COMPLETE, List.of(finding("g", LOW, 5, "Joined"))));

    String page = page("monday", "tuesday");
    assertThat(page)
        .startsWith("<!DOCTYPE html>\n")
        .endsWith("</html>\n")
        .contains("default-src &#39;none&#39;; style-src &#39;sha256-")
        .doesNotContain("<script")
        .doesNotContain("src=")
        .doesNotContain("href=\"http")
        .contains("The later batch did not review all of it (complete, coverage partial)")
        .contains("The earlier batch has no result of it: all is new.")
        .contains("The later batch has no result of it.")
        .contains("1 repository has no difference")
        .doesNotContain(">Kept<")
        .containsSubsequence(">Large and new<", ">Small and new<", ">Gone<");
    assertThat(page)
        .containsPattern("New</th>.*data-name=\"Critical\"[^>]*>1</td>.*\"Together\"[^>]*>3</td>")
        .containsPattern("Persisting</th>.*\"Together\"[^>]*>2</td>")
        .containsPattern("Unknown</th>.*\"Together\"[^>]*>2</td>");
    JsonNode json =
        ArtifactJson.read(
            Files.readAllBytes(folder.resolve("out/compare.json")), JsonNode.class, "file");
    assertThat(json.at("/counts/new/low").asInt()).isEqualTo(2);
    assertThat(program.run("compare", "monday", "tuesday", "--json").out())
        .isEqualTo(Files.readString(folder.resolve("out/compare.json")));
    assertThat(page("monday", "tuesday", "--fail-on", "new:critical")).isEqualTo(page);
  }

  @Test
  void hostileTextsAreTextsOnThePage() throws IOException {
    String title = "<script>alert(1)</script>\u202e\u0000\"' onload=x </main></html>";
    Finding hostile =
        Finding.of(
            "f1",
            new AgentFinding(
                "<b>rule</b>",
                title,
                Severity.HIGH,
                Confidence.LOW,
                "a/<img src=x onerror=y>\u202e.py",
                1,
                1,
                null,
                null,
                null,
                List.of()));
    batch("monday", CoverageStatus.COMPLETE, List.of());
    batch("tuesday", CoverageStatus.COMPLETE, List.of(hostile));
    assertThat(page("monday", "tuesday"))
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .contains("&lt;b&gt;rule&lt;/b&gt;")
        .contains("a/&lt;img src=x onerror=y&gt;\\u202e.py:1")
        .doesNotContain("<script")
        .doesNotContain("<img")
        .doesNotContain("\u202e")
        .containsOnlyOnce("</main>")
        .containsOnlyOnce("</html>");
  }

  @Test
  void aPageOfVeryManySaysHowManyItLeavesOut() throws IOException {
    List<Finding> many = new ArrayList<>();
    for (int line = 1; line <= ComparisonPage.MAX_ROWS + 7; line++) {
      many.add(finding("code " + line, LOW, line, "One"));
    }
    batch("monday", CoverageStatus.COMPLETE, List.of());
    batch("tuesday", CoverageStatus.COMPLETE, many);
    assertThat(page("monday", "tuesday")).contains("7 more are in compare.json.");
  }
}
