package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.Baseline;
import dev.repofleet.artifacts.Finding;
import dev.repofleet.artifacts.Lifecycle;
import dev.repofleet.artifacts.LifecycleState;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.artifacts.Severity;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.CloneOutcome;
import dev.repofleet.workflows.activities.ReportInput;
import dev.repofleet.workflows.activities.RepositoryReport;
import dev.repofleet.workflows.activities.ResolveOutcome;
import dev.repofleet.workflows.activities.ReviewOutcome;
import dev.repofleet.workflows.review.PlanOutline;
import dev.repofleet.workflows.review.ReviewInput;
import dev.repofleet.workflows.review.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One repository over several batches; each begins a second after the one before. */
class FindingLifecyclesTest {
  private static final int FILES = 2;
  private static final PlanOutline OUTLINE =
      new PlanOutline(
          "security", "claude", 2, 80, Duration.ofHours(1), Duration.ofHours(1), List.of());

  @TempDir private Path folder;
  private ArtifactStore store;
  private ReportActivitiesImpl reports;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.toString());
    reports = new ReportActivitiesImpl(store, Map.of());
  }

  private static Finding finding(String code) {
    return FindingSamples.finding("r", Severity.HIGH, "src/a.py", 1, code);
  }

  private RepositoryReport report(int second, int filesReviewed, Finding... findings) {
    ReviewDocument document =
        new ReviewDocument(1, "S", List.of(findings), filesReviewed, List.of(), List.of(), null);
    ReviewInput review =
        new ReviewInput(
            1,
            "repofleet",
            "b" + second,
            0,
            "k",
            new Target("owner/name", "https://github.com/owner/name", null, null, null, null),
            new PlanRef("artifact:p", "0", "security"),
            OUTLINE,
            AgentKind.CLAUDE,
            0,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60));
    return new RepositoryReport(
        review,
        RepositoryStatus.COMPLETE,
        null,
        null,
        new ResolveOutcome("c0ffee" + second, "refs/heads/main"),
        "session",
        "2.1",
        new CloneOutcome(FILES, 100, "7ree", List.of(), List.of(), List.of(100), null, null),
        List.of(),
        new ReviewOutcome(
            ReviewOutcome.Verdict.VALID,
            null,
            store.put(ArtifactJson.pretty(document)).uri(),
            SeverityCounts.NONE,
            0),
        null,
        1000L * second,
        1000L * second + 900,
        0,
        Map.of());
  }

  private RepositoryResult written(RepositoryReport report) {
    String uri = reports.writeReport(ReportInput.of(report)).uri();
    return ArtifactJson.read(store, uri, RepositoryResult.class, 1 << 20);
  }

  private RepositoryResult written(int second, int filesReviewed, Finding... findings) {
    return written(report(second, filesReviewed, findings));
  }

  private static List<LifecycleState> states(List<Finding> findings) {
    return findings.stream()
        .map(finding -> Objects.requireNonNull(finding.lifecycle()).state())
        .toList();
  }

  private static Baseline baseline(RepositoryResult result) {
    return Objects.requireNonNull(result.baseline());
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
}
