package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.IgnoredFiles;
import dev.repofleet.artifacts.result.NotCarried;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.TurnPurpose;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.git.IgnoreRules;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.worker.testing.WatchedStore;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import io.temporal.failure.ApplicationFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a review leaves behind when it ends. */
class RepositoryReportsTest {
  @TempDir private Path folder;
  private ArtifactStore store;
  private ReportActivitiesImpl reports;
  private ReviewReports given;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.toString());
    given = new ReviewReports(store);
    reports = given.reports();
  }

  @Test
  void whatEndedIsCountedByStatusCauseAndStep() throws IOException {
    RepositoryReport ended = given.report(0, "k1", AgentKind.CLAUDE);
    reports.writeReport(ReportInput.of(ended));

    assertThat(given.metrics().scrape())
        .contains("repofleet_repositories_total{cause=\"none\",status=\"complete\"} 1.0")
        .contains("repofleet_findings_total{severity=\"high\"}");
    ended
        .stepMilliseconds()
        .keySet()
        .forEach(
            step ->
                assertThat(given.metrics().scrape())
                    .contains("repofleet_step_seconds_count{step=\"" + step + "\"} 1"));
  }

  @Test
  void aRepositorysResultSaysAllAndItsFilesAreThere() throws Exception {
    RepositoryResult result = given.written(given.report(0, "k", AgentKind.CLAUDE));
    assertThat(result.repository().owner()).isEqualTo("owner");
    assertThat(result.repository().commit()).isEqualTo("c0ffee");
    assertThat(result.rehearsal()).isFalse();
    assertThat(result.coverage().status()).isEqualTo(CoverageStatus.COMPLETE);
    assertThat(result.usage().costUsd()).isEqualTo(0.5);
    assertThat(result.usage().sandboxSeconds()).isEqualTo(7.5);
    assertThat(result.notCarried()).containsExactly(new NotCarried("a: b/c", "nested repository"));
    assertThat(result.durations()).containsEntry("clone", Duration.ofMillis(100));
    assertThat(result.turns().get(0).summary())
        .startsWith("I am done. ***")
        .hasSizeLessThanOrEqualTo(500);
    assertThat(unzipped(result.files().events())).isEqualTo("event 0\nevent 1\n");
    assertThat(unzipped(result.files().transcript())).isEqualTo("transcript 1\n");
    assertThat(result.files().log()).isNull();
    assertThat(store.list("reviews/b/k"))
        .containsExactly(
            "artifact:reviews/b/k/changes.patch",
            "artifact:reviews/b/k/events.jsonl.gz",
            "artifact:reviews/b/k/findings.sarif",
            "artifact:reviews/b/k/review.json",
            "artifact:reviews/b/k/state.json",
            "artifact:reviews/b/k/transcript.jsonl.gz");
  }

  @Test
  void whatReviewignoreLeavesOutStandsBesideWhatTheAgentLeftOut() throws Exception {
    Exclusion rule = new Exclusion("vendor/", "excluded by it", "src/.reviewignore");
    String rules = store.put(ArtifactJson.pretty(new IgnoreRules(List.of(rule)))).uri();

    Coverage coverage =
        given
            .written(
                given.report(0, "k", AgentKind.CLAUDE, new ReviewIgnore(7, 1, rules, null), null))
            .coverage();

    assertThat(coverage.exclusions()).containsExactly(new Exclusion("docs/**", "no code"), rule);
    assertThat(coverage.ignored()).isEqualTo(new IgnoredFiles(7, 1, 3, null));
    assertThat(coverage.status()).isEqualTo(CoverageStatus.PARTIAL);
  }

  @Test
  void whoReviewsTheChangesAloneNeverReviewsTheWhole() throws Exception {
    Incremental changes = Incremental.since("ba5e", "monday", "k1").compared(2);
    Incremental all = changes.fallingBack(Incremental.Fallback.TOO_MUCH_CHANGED);

    assertThat(
            given
                .written(given.report(0, "k", AgentKind.CLAUDE, null, changes))
                .coverage()
                .status())
        .isEqualTo(CoverageStatus.PARTIAL);
    assertThat(given.written(given.report(0, "k", AgentKind.CLAUDE, null, all)).coverage().status())
        .isEqualTo(CoverageStatus.COMPLETE);
  }

  @Test
  void aReviewignoreThatWasNotFollowedIsTold() throws Exception {
    ReviewIgnore unheeded = new ReviewIgnore(0, 0, null, ReviewIgnore.Unheeded.TOO_LARGE);

    Coverage coverage =
        given.written(given.report(0, "k", AgentKind.CLAUDE, unheeded, null)).coverage();

    assertThat(coverage.ignored())
        .isEqualTo(new IgnoredFiles(0, 0, 3, ReviewIgnore.Unheeded.TOO_LARGE.sentence()));
  }

  @Test
  void aVerificationIsAmongTheTurnsAndNoPartOfTheSessionsTranscript() throws Exception {
    Finding found = FindingSamples.finding("sql-injection", Severity.HIGH, "a.py", 7, "run()");
    ReviewDocument document =
        new ReviewDocument(
            1,
            "Well.",
            List.of(
                found.withVerification(Verification.REJECTED, "a constant"),
                FindingSamples.finding("sql-injection", Severity.HIGH, "b.py", 7, "x()")
                    .withVerification(Verification.UNVERIFIED, "undecided: who knows")),
            2,
            List.of(),
            List.of(),
            null);
    RepositoryReport whole = given.report(0, "k", AgentKind.CLAUDE);
    RepositoryReport report =
        new RepositoryReport(
            whole.review(),
            whole.status(),
            null,
            null,
            whole.resolved(),
            whole.sessionId(),
            whole.agentVersion(),
            whole.cloned(),
            List.of(given.turn(0, null), given.turn(1, PromptKind.VERIFY, null)),
            new ReviewOutcome(
                ReviewOutcome.Verdict.VALID,
                null,
                store.put(ArtifactJson.pretty(document)).uri(),
                new SeverityCounts(0, 1, 0, 0, 0),
                0),
            whole.diff(),
            1000,
            9000,
            7500,
            Map.of());

    RepositoryResult result = given.written(report);

    assertThat(result.sessionId()).isEqualTo("session");
    assertThat(unzipped(result.files().transcript())).isEqualTo("transcript 0\n");
    assertThat(unzipped(result.files().events())).isEqualTo("event 0\nevent 1\n");
    assertThat(result.turns().get(1).purpose()).isEqualTo(TurnPurpose.VERIFY);
    assertThat(result.turns().get(1).summary())
        .isEqualTo("0 confirmed, 1 rejected, 1 left unverified");
    assertThat(result.findings()).hasSize(2);
    assertThat(result.findings().get(0).verificationReason()).isEqualTo("a constant");
    assertThat(result.findings().get(0).lifecycle()).isNotNull();
    assertThat(dev.repofleet.artifacts.finding.SeverityCounts.of(result.findings()).total())
        .isEqualTo(1);
  }

  @Test
  void theSameReportGivesTheSameFile() throws Exception {
    RepositoryReport report = given.report(0, "k", AgentKind.CLAUDE);
    String uri = reports.writeReport(ReportInput.of(report)).uri();
    byte[] first = store.read(uri, 1 << 20);
    assertThat(reports.writeReport(ReportInput.of(report)).uri()).isEqualTo(uri);
    assertThat(store.read(uri, 1 << 20)).isEqualTo(first);
  }

  @Test
  void anAttemptWhoseTimeIsOverGivesNoFileItsName() throws Exception {
    RepositoryReport older = given.report(0, "k", AgentKind.CLAUDE);
    List<String> named = new ArrayList<>();
    ArtifactStore watched =
        WatchedStore.of(
            store,
            (method, first) -> {
              if (Set.of("putNamed", "createNamed", "name").contains(method)) {
                named.add(first);
              }
            });
    ReportActivitiesImpl late =
        new ReportActivitiesImpl(
            watched, Map.of(), given.metrics(), () -> AttemptTime.of(Duration.ofNanos(1)));

    assertThatThrownBy(() -> late.writeReport(ReportInput.of(older)))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("time is over");

    assertThat(named).isEmpty();
  }

  @Test
  void aRehearsalSaysSo() throws Exception {
    RepositoryResult result = given.written(given.report(0, "k", AgentKind.REHEARSAL));
    assertThat(result.rehearsal()).isTrue();
    assertThat(result.agent()).isEqualTo(new AgentInfo("rehearsal", "2.1", null));
  }

  @Test
  void aReviewThatNeverBeganHasAResultAsWell() {
    RepositoryResult result =
        given.written(
            new RepositoryReport(
                ReviewReports.review(0, "k", AgentKind.CLAUDE),
                RepositoryStatus.FAILED,
                Cause.GIT_AUTH,
                "no access with " + ReviewReports.SECRET,
                null,
                "session",
                null,
                null,
                List.of(),
                null,
                null,
                1,
                2,
                0,
                Map.of()));
    assertThat(result.cause()).isEqualTo("git_auth");
    assertThat(result.message()).isEqualTo("no access with ***");
    assertThat(result.agent()).isNull();
    assertThat(result.coverage().status()).isEqualTo(CoverageStatus.UNKNOWN);
  }

  private String unzipped(@Nullable ArtifactRef ref) throws IOException {
    assertThat(ref).isNotNull();
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(store.read(ref.uri(), 1 << 20)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
