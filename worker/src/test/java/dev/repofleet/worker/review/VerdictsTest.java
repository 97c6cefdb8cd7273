package dev.repofleet.worker.review;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.review.VerdictsOutcome;
import dev.repofleet.workflows.activities.review.VerdictsRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a verification's answer makes of the findings it was given. */
class VerdictsTest extends JudgingTest {
  private static Finding finding(String id, Severity severity, String rule) {
    return Finding.of(
        id,
        new AgentFinding(
            rule, "T", severity, Confidence.HIGH, "a.py", 1, 1, null, null, null, List.of()));
  }

  private static Finding finding(String id, Severity severity) {
    return finding(id, severity, "sql-injection");
  }

  private static String verdict(String id, String word, String reason) {
    return ArtifactJson.line(Map.of("id", id, "verdict", word, "reason", reason));
  }

  private static String verdicts(String... verdicts) {
    return "{\"verdicts\":[" + String.join(",", verdicts) + "]}";
  }

  private VerdictsOutcome judged(@Nullable String answer, List<Finding> findings) {
    ReviewDocument document =
        new ReviewDocument(1, "S", findings, 1, List.of(), List.of(), null, 2);
    Plan plan = Plan.builder("p", "x").verifyFindings(Severity.HIGH).build();
    ArtifactRef stored = store.put(ArtifactJson.pretty(plan));
    return activities.judgeVerdicts(
        new VerdictsRequest(
            "b",
            "k",
            new PlanRef(stored.uri(), stored.sha256(), "p"),
            store.put(ArtifactJson.pretty(document)).uri(),
            answer == null ? null : store.put(answer.getBytes(UTF_8)).uri()));
  }

  private ReviewDocument document(VerdictsOutcome outcome) {
    return ArtifactJson.read(store, outcome.reviewUri(), ReviewDocument.class, 1 << 20);
  }

  @Test
  void eachFindingGetsItsVerdictAndTheRejectedOnesAreNotCounted() {
    VerdictsOutcome outcome =
        judged(
            verdicts(
                verdict("f3", "undecided", "The caller is\n not here."),
                verdict("f2", "rejected", "It is a constant."),
                verdict("f1", "confirmed", "Seen in a.py:1."),
                verdict("f1", "rejected", "A second thought."),
                verdict("f5", "rejected", "Nobody asked."),
                verdict("f99", "confirmed", "There is no such finding.")),
            List.of(
                finding("f1", Severity.HIGH),
                finding("f2", Severity.CRITICAL),
                finding("f3", Severity.HIGH),
                finding("f4", Severity.HIGH),
                finding("f5", Severity.MEDIUM)));

    assertThat(outcome.findings()).isEqualTo(new SeverityCounts(0, 3, 1, 0, 0));
    assertThat(List.of(outcome.confirmed(), outcome.rejected(), outcome.left()))
        .containsExactly(1, 1, 2);
    assertThat(outcome.problem()).isNull();
    ReviewDocument document = document(outcome);
    assertThat(document.findings())
        .extracting(Finding::verification)
        .containsExactly(
            Verification.CONFIRMED,
            Verification.REJECTED,
            Verification.UNVERIFIED,
            Verification.UNVERIFIED,
            Verification.UNVERIFIED);
    assertThat(document.findings())
        .extracting(Finding::verificationReason)
        .containsExactly(
            "Seen in a.py:1.",
            "It is a constant.",
            "undecided: The caller is not here.",
            "its verification said nothing of it",
            null);
    assertThat(document.ignored()).isEqualTo(2);
    assertThat(document.summary()).isEqualTo("S");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "not json",
        "{}",
        "[]",
        "{\"verdicts\":[{\"id\":\"f1\",\"verdict\":\"maybe\",\"reason\":\"r\"}]}",
        "{\"verdicts\":[{\"id\":\"f1\",\"verdict\":\"confirmed\"}]}",
        "{\"verdicts\":null}"
      })
  void anAnswerThatIsNoneLeavesTheFindingsUnverifiedAndSaysSo(@Nullable String answer) {
    VerdictsOutcome outcome =
        judged(answer, List.of(finding("f1", Severity.HIGH), finding("f2", Severity.LOW)));

    assertThat(outcome.problem()).isNotBlank();
    assertThat(outcome.left()).isEqualTo(1);
    assertThat(outcome.findings()).isEqualTo(new SeverityCounts(0, 1, 0, 1, 0));
    assertThat(document(outcome).findings())
        .extracting(Finding::verificationReason)
        .containsExactly("its verification came to no usable answer", null);
  }

  @Test
  void theMostSevereFiftyAreTriedAndTheOthersAreTold() {
    List<Finding> findings = new ArrayList<>();
    for (int at = 0; at < 60; at++) {
      findings.add(finding("f" + at, at < 30 ? Severity.HIGH : Severity.CRITICAL));
    }
    VerdictsOutcome outcome =
        judged(verdicts(verdict("f0", "rejected", "r"), verdict("f29", "rejected", "r")), findings);

    List<Finding> judged = document(outcome).findings();
    assertThat(judged.get(0).verification()).isEqualTo(Verification.REJECTED);
    assertThat(judged.get(29).verification()).isEqualTo(Verification.UNVERIFIED);
    assertThat(judged.get(29).verificationReason())
        .isEqualTo("not tried: it is not among the 50 most severe ones");
    assertThat(judged)
        .filteredOn(each -> String.valueOf(each.verificationReason()).startsWith("not tried"))
        .hasSize(10);
    assertThat(outcome.left()).isEqualTo(59);
  }

  @Test
  void aReasonIsBoundedAndHoldsNoSecret() {
    String key = "AK" + "IAQ7ZP4KXM2RTB6WND";
    VerdictsOutcome outcome =
        judged(
            verdicts(
                verdict("f1", "confirmed", WORKERS_KEY + " is sent. " + "x".repeat(5_000)),
                verdict("f2", "confirmed", "The key \"" + key + "\" is a live one.")),
            List.of(
                finding("f1", Severity.HIGH), finding("f2", Severity.HIGH, "hardcoded-secret")));

    assertThat(document(outcome).findings())
        .extracting(Finding::verificationReason)
        .satisfiesExactly(
            first -> assertThat(first).hasSize(1_000).startsWith("***").doesNotContain(WORKERS_KEY),
            second -> assertThat(second).doesNotContain(key).endsWith(" is a live one."));
  }
}
