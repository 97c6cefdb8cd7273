package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Lifecycle;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.artifacts.finding.Triage;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What becomes of a finding from one batch to the next. */
class FindingLifecyclesTest extends WithBatches {
  private static Finding finding(String code) {
    return FindingSamples.finding("r", Severity.HIGH, "src/a.py", 1, code);
  }

  @Test
  void aFindingIsNewThenPersistsIsResolvedAndReopened() {
    RepositoryResult first = written(1, FILES, finding("a"), finding("b"));
    assertThat(states(first.findings())).containsOnly(LifecycleState.NEW);
    assertThat(first.baseline()).isNull();

    RepositoryResult second = written(2, FILES, finding("b"), finding("c"));
    assertThat(states(second.findings()))
        .containsExactly(LifecycleState.PERSISTING, LifecycleState.NEW);
    assertThat(second.findings().get(0).lifecycle())
        .isEqualTo(
            new Lifecycle(
                LifecycleState.PERSISTING, Instant.ofEpochSecond(1), Instant.ofEpochSecond(2)));
    assertThat(baseline(second).batch()).isEqualTo("b1");
    assertThat(baseline(second).absent())
        .singleElement()
        .satisfies(
            gone ->
                assertThat(gone.lifecycle())
                    .isEqualTo(
                        new Lifecycle(
                            LifecycleState.RESOLVED,
                            Instant.ofEpochSecond(1),
                            Instant.ofEpochSecond(1),
                            Instant.ofEpochSecond(2))));

    RepositoryResult third = written(3, FILES, finding("a"), finding("b"), finding("c"));
    assertThat(states(third.findings()))
        .containsExactly(
            LifecycleState.REOPENED, LifecycleState.PERSISTING, LifecycleState.PERSISTING);
    assertThat(baseline(third).absent()).isEmpty();
  }

  @Test
  void whoDidNotLookAtEverythingResolvesNothing() {
    written(1, FILES, finding("a"), finding("b"));
    RepositoryResult partial = written(2, 1, finding("b"));
    assertThat(states(baseline(partial).absent())).containsExactly(LifecycleState.UNKNOWN);

    RepositoryResult again = written(3, FILES, finding("a"));
    assertThat(states(again.findings())).containsExactly(LifecycleState.PERSISTING);
    assertThat(states(baseline(again).absent())).containsExactly(LifecycleState.RESOLVED);
  }

  @Test
  void writtenOnceMoreTheResultIsTheSame() {
    written(1, FILES, finding("a"));
    RepositoryReport report = report(2, FILES, finding("b"));
    RepositoryResult once = written(report);
    assertThat(written(report)).isEqualTo(once);
    written(3, FILES, finding("b"));
    assertThat(written(report)).isEqualTo(once);
  }

  @Test
  void aReviewThatWaitedIsComparedWithWhatWasBeforeIt() {
    written(1, FILES, finding("a"));
    written(3, FILES, finding("b"));
    written(4, FILES, finding("b"), finding("c"));

    tookMillis = 900_000;
    RepositoryResult waited = written(2, FILES, finding("a"), finding("b"));

    assertThat(baseline(waited).batch()).isEqualTo("b1");
    assertThat(states(waited.findings()))
        .containsExactly(LifecycleState.PERSISTING, LifecycleState.NEW);

    tookMillis = 900;
    RepositoryResult next = written(5, FILES, finding("a"));
    assertThat(baseline(next).batch()).as("it is not the last one").isEqualTo("b4");
    assertThat(states(next.findings())).containsExactly(LifecycleState.REOPENED);
  }

  @Test
  void aReviewThatBeganBeforeAllOthersIsComparedWithNone() {
    written(2, FILES, finding("a"));

    tookMillis = 900_000;
    RepositoryResult waited = written(1, FILES, finding("a"));

    assertThat(waited.baseline()).isNull();
    assertThat(states(waited.findings())).containsExactly(LifecycleState.NEW);
  }

  @Test
  void aReportThatIsWrittenAgainAfterALaterReviewIsNotComparedWithItself() {
    tookMillis = 900_000;
    RepositoryReport first = report(1, FILES, finding("a"));
    written(first);
    tookMillis = 900;
    assertThat(baseline(written(2, FILES, finding("a"))).batch()).isEqualTo("b1");

    RepositoryResult again = written(first);

    assertThat(again.baseline()).isNull();
    assertThat(states(again.findings())).containsExactly(LifecycleState.NEW);
  }

  @Test
  void aFailedReviewIsNothingToCompareWith() {
    written(1, FILES, finding("a"));
    RepositoryReport failed = report(2, FILES);
    written(
        new RepositoryReport(
            failed.review(),
            RepositoryStatus.FAILED,
            null,
            "no",
            failed.resolved(),
            "session",
            null,
            null,
            List.of(),
            null,
            null,
            2000,
            2900,
            0,
            Map.of()));
    RepositoryResult third = written(3, FILES, finding("a"));
    assertThat(states(third.findings())).containsExactly(LifecycleState.PERSISTING);
    assertThat(baseline(third).batch()).isEqualTo("b1");
  }

  @Test
  void aDecisionStaysWhenTheNumberOfItsFindingChanges() {
    RepositoryResult first =
        written(1, FILES, finding("a.py", 1, "a", "#1"), finding("a.py", 9, "b", "#2"));
    Finding decided = first.findings().get(1);
    new Triage(store)
        .decide(decided, Suppression.Kind.FALSE_POSITIVE, "a constant", "ann", Instant.EPOCH);

    RepositoryResult second = written(2, FILES, finding("a.py", 8, "b", "#1"));
    assertThat(second.findings().get(0).suppression()).as("the first went").isNotNull();
    assertThat(second.findings().get(0).knownAs()).isEqualTo(decided.fingerprint());

    RepositoryResult third =
        written(
            3,
            FILES,
            finding("a.py", 2, "c", "#1"),
            finding("a.py", 5, "d", "#2"),
            finding("a.py", 9, "b", "#3"));
    assertThat(third.findings())
        .extracting(found -> found.suppression() != null)
        .as("two came before it")
        .containsExactly(false, false, true);
    assertThat(third.findings()).extracting(Finding::identity).doesNotHaveDuplicates();

    new Triage(store)
        .decide(
            third.findings().get(0), Suppression.Kind.ACCEPTED, "so be it", "ann", Instant.EPOCH);
    RepositoryResult fourth =
        written(4, FILES, finding("a.py", 2, "c", "#1"), finding("a.py", 9, "b", "#2"));
    assertThat(fourth.findings())
        .extracting(found -> Objects.requireNonNull(found.suppression()).reason())
        .containsExactly("so be it", "a constant");
  }

  @Test
  void whatWasReportedAgainAndRefusedIsUnknownAndNotResolved() {
    written(1, FILES, finding("src/a.py", 1, "a", "#1"), finding("src/b.py", 1, "b", "#1"));
    RepositoryResult second = written(reviewThatRefused(2, answer("./src/a.py", 99)));
    assertThat(states(baseline(second).absent()))
        .containsExactly(LifecycleState.UNKNOWN, LifecycleState.RESOLVED);
  }

  @Test
  void whatIsUnknownStaysSoWhereNothingWasRun() {
    written(1, FILES, finding("src/a.py", 1, "a", "#1"), finding("src/b.py", 1, "b", "#1"));
    RepositoryResult second = written(reviewThatRefused(2, answer("./src/a.py", 99)));

    RepositoryResult third = written(unchangedSince(second, 3));

    assertThat(third.status())
        .isEqualTo(dev.repofleet.artifacts.result.RepositoryStatus.SKIPPED_UNCHANGED);
    assertThat(states(baseline(third).absent()))
        .containsExactly(LifecycleState.UNKNOWN, LifecycleState.RESOLVED);
  }

  @Test
  void anUploadHasWhatIsUnknownAndClosesWhatIsResolved() {
    Finding kept = finding("src/a.py", 1, "a", "#1");
    RepositoryResult first = written(1, FILES, kept, finding("src/b.py", 1, "b", "#1"));
    new Triage(store)
        .decide(
            first.findings().get(0), Suppression.Kind.ACCEPTED, "so be it", "ann", Instant.EPOCH);

    RepositoryResult second = written(reviewThatRefused(2, answer("./src/a.py", 99)));
    RepositoryResult third = written(unchangedSince(second, 3));
    RepositoryResult fourth = written(4, 1);

    assertThat(sarif(second)).hasSize(1);
    JsonNode unknown = sarif(second).get(0);
    assertThat(unknown.at("/partialFingerprints/primaryLocationLineHash").asText())
        .isEqualTo(kept.lineHash());
    assertThat(unknown.at("/baselineState").asText()).isEqualTo("unchanged");
    assertThat(unknown.at("/properties/lifecycle").asText()).isEqualTo("unknown");
    assertThat(unknown.at("/message/text").asText())
        .contains("The last one can't say whether it is still there.");
    assertThat(unknown.at("/suppressions/0/justification").asText())
        .isEqualTo("accepted: so be it");
    assertThat(sarif(third)).isEqualTo(sarif(second));
    assertThat(sarif(fourth)).as("a review of a part is not uploaded").isEmpty();
  }

  private JsonNode sarif(RepositoryResult result) {
    ArtifactRef file = Objects.requireNonNull(result.files().sarif());
    return ArtifactJson.read(store, file.uri(), JsonNode.class, 1 << 20).at("/runs/0/results");
  }

  private RepositoryReport reviewThatRefused(
      int second, AgentFinding refused, Finding... findings) {
    return report(
        second,
        FILES,
        List.of(new ReviewDocument.Refused("it is not believed", refused)),
        null,
        findings);
  }

  private RepositoryReport unchangedSince(RepositoryResult earlier, int second) {
    String review = ArtifactUri.of(ArtifactPaths.review(earlier.batch(), earlier.key()));
    return new RepositoryReport(
        Inputs.review("b" + second, 0, "k", TARGET, plan(), AgentKind.CLAUDE),
        RepositoryStatus.SKIPPED_UNCHANGED,
        null,
        null,
        new ResolveOutcome(
            "c0ffee2",
            "refs/heads/main",
            "key",
            new EarlierResult(earlier.batch(), earlier.key(), review, SeverityCounts.NONE),
            null,
            null),
        "session",
        null,
        null,
        List.of(),
        null,
        null,
        1000L * second,
        1000L * second + tookMillis,
        0,
        Map.of());
  }

  @Test
  void whatIsRefusedForRepeatingAnotherKeepsNothingOpen() {
    written(1, FILES, finding("a.py", 1, "a", "#1"), finding("a.py", 9, "b", "#2"));
    RepositoryResult second =
        written(reviewThatRefused(2, answer("a.py", 1), finding("a.py", 1, "a", "#1")));
    assertThat(states(baseline(second).absent())).containsExactly(LifecycleState.RESOLVED);
  }

  @Test
  void aRuleThatThePlanNoLongerHasResolvesNothing() {
    written(1, FILES, finding("a"), FindingSamples.finding("other", Severity.LOW, "a.py", 3, "x"));
    rules = List.of("r");
    assertThat(states(baseline(written(2, FILES)).absent()))
        .containsExactly(LifecycleState.RESOLVED, LifecycleState.UNKNOWN);
    rules = List.of();
    assertThat(states(baseline(written(3, FILES)).absent()))
        .containsExactly(LifecycleState.RESOLVED, LifecycleState.RESOLVED);
  }

  private static AgentFinding answer(String path, int line) {
    return new AgentFinding(
        "r",
        "Title",
        Severity.HIGH,
        Confidence.HIGH,
        path,
        line,
        line,
        null,
        null,
        null,
        List.of());
  }
}
