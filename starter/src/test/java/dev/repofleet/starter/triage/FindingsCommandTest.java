package dev.repofleet.starter.triage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.artifacts.finding.Triage;
import dev.repofleet.artifacts.finding.Verification;
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
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch that has ended, and no server. */
class FindingsCommandTest {
  private static final Finding ONE = finding("aaaaaa1", "old", Severity.HIGH, "Key in the code");
  private static final Finding TWO = finding("aaaaaa2", "old", Severity.LOW, "Weak hash");

  @TempDir Path folder = Path.of("");

  private TestProgram program = new TestProgram(folder);
  private ArtifactStore store;

  private static Finding finding(String begin, String code, Severity severity, String title) {
    Finding plain =
        Finding.of(
            "f1",
            new AgentFinding(
                "r", title, severity, Confidence.LOW, "a.py", 3, 3, null, null, null, List.of()));
    return plain
        .withPrimary(plain.primary().withSnippetHash(code))
        .withFingerprint(begin + "0".repeat(64 - begin.length()));
  }

  @BeforeEach
  void endABatch() {
    String place = folder.resolve("store").toString();
    program = new TestProgram(folder).with("REPOFLEET_ARTIFACTS", place).with("USER", "ann");
    store = ArtifactStores.open(place);
    TargetSpec spec = new TargetParser(path -> false).parse("owner/name");
    CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
    TargetRow row = TargetRow.git(0, TargetKey.of(canonical, null, null), spec, canonical);
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      writer.add(row);
      writer.finish();
    }
    store.putNamed(
        ArtifactPaths.review("b", row.key()),
        ArtifactJson.pretty(
            RepositoryResult.builder("b", row, RepositoryStatus.COMPLETE)
                .findings(
                    List.of(TWO, ONE.withVerification(Verification.REJECTED, "it is a sample")))
                .build()));
  }

  @Test
  void aDecisionIsKeptShownAndTakenBack() {
    assertThat(program.run("findings", "list", "b").out())
        .containsSubsequence(
            "aaaaaa100000", "high", "rejected", "Key in the code", "aaaaaa200000", "low");

    TestProgram.Outcome outcome =
        program.run("findings", "false-positive", "b", "AAAAAA1", "--reason", "a sample");
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    assertThat(outcome.out()).isEqualTo("1 finding is marked as false.\n");
    TestProgram.Outcome left = program.run("findings", "list", "b");
    assertThat(left.out()).doesNotContain("aaaaaa1");
    assertThat(left.err()).contains("1 decided on: --all shows them");
    assertThat(program.run("findings", "list", "b", "--all").out())
        .contains("false positive by ann: a sample");
    String lines = program.run("findings", "list", "b", "--all", "--json").out();
    assertThat(EventLines.of(lines))
        .extracting(line -> line.path("type").asText())
        .containsOnly("finding");
    assertThat(lines)
        .contains("\"suppression\":{\"kind\":\"false_positive\",\"reason\":\"a sample\"");

    assertThat(program.run("findings", "reopen", "b", "aaaaaa1", "--reason", "no").exit()).isZero();
    assertThat(program.run("findings", "list", "b").out()).contains("aaaaaa1");
  }

  @Test
  void aDecisionHoldsWhileTheLinesStayAndItGetsNoWorse() {
    program.run("findings", "accept", "b", "aaaaaa1", "aaaaaa2", "--reason", "known");
    Triage triage = new Triage(store);
    assertThat(triage.applied(List.of(ONE, TWO))).allMatch(one -> one.suppression() != null);
    Finding changed = finding("aaaaaa1", "other", Severity.HIGH, "Key in the code");
    Finding worse = finding("aaaaaa2", "old", Severity.MEDIUM, "Weak hash");
    Finding better = finding("aaaaaa1", "old", Severity.INFO, "Reworded");
    assertThat(triage.applied(List.of(changed, worse))).allMatch(one -> one.suppression() == null);
    assertThat(triage.applied(List.of(better))).allMatch(one -> one.suppression() != null);
  }

  @Test
  void nothingIsDecidedWhereOneWordIsWrong() {
    for (String wrong : List.of("aaaaaa", "bbbbbb", "f1", "../../x")) {
      TestProgram.Outcome outcome =
          program.run("findings", "accept", "b", "aaaaaa1", wrong, "--reason", "r");
      assertThat(outcome.exit()).as(wrong).isEqualTo(2);
      assertThat(outcome.err()).contains(wrong);
    }
    assertThat(program.run("findings", "accept", "b", "aaaaaa1").exit()).isEqualTo(2);
    assertThat(program.run("findings", "accept", "b", "aaaaaa1", "--reason", " ").exit())
        .isEqualTo(2);
    assertThat(store.list("triage")).isEmpty();
  }

  @Test
  void withoutUserTheAuthorIsTheAccountsName() {
    program.with("USER", "");
    program.run("findings", "accept", "b", "aaaaaa1", "--reason", "known");
    assertThat(new Triage(store).applied(List.of(ONE)).get(0).suppression())
        .isNotNull()
        .returns(System.getProperty("user.name"), Suppression::by);
  }
}
