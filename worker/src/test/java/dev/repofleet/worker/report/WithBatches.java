package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.result.Baseline;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** One repository over several batches; each begins a second after the one before. */
abstract class WithBatches {
  static final int FILES = 2;

  static final Target TARGET = Inputs.target("owner/name", "https://github.com/owner/name", null);

  @TempDir private Path folder;
  ArtifactStore store;
  private ReportActivitiesImpl reports;
  List<String> rules = List.of("r", "other");
  long tookMillis = 900;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.toString());
    reports =
        new ReportActivitiesImpl(
            store, Map.of(), new FleetMetrics(), () -> AttemptTime.of(Duration.ZERO));
  }

  RepositoryReport report(int second, int filesReviewed, Finding... findings) {
    return report(second, filesReviewed, List.of(), null, findings);
  }

  PlanRef plan() {
    ArtifactRef plan =
        store.put(ArtifactJson.pretty(Plan.builder("security", "Look.").rules(rules).build()));
    return new PlanRef(plan.uri(), plan.sha256(), "security");
  }

  RepositoryReport report(
      int second,
      int filesReviewed,
      List<ReviewDocument.Refused> refused,
      @Nullable Incremental incremental,
      Finding... findings) {
    ReviewDocument document =
        new ReviewDocument(1, "S", List.of(findings), filesReviewed, List.of(), refused, null);
    ReviewInput review = Inputs.review("b" + second, 0, "k", TARGET, plan(), AgentKind.CLAUDE);
    return new RepositoryReport(
        review,
        RepositoryStatus.COMPLETE,
        null,
        null,
        new ResolveOutcome("c0ffee" + second, "refs/heads/main"),
        "session",
        "2.1",
        new CloneOutcome(
            FILES, 100, "7ree", List.of(), List.of(), List.of(100), null, incremental, null),
        List.of(),
        new ReviewOutcome(
            ReviewOutcome.Verdict.VALID,
            null,
            store.put(ArtifactJson.pretty(document)).uri(),
            SeverityCounts.NONE,
            0),
        null,
        1000L * second,
        1000L * second + tookMillis,
        0,
        Map.of());
  }

  RepositoryResult written(RepositoryReport report) {
    String uri = reports.writeReport(ReportInput.of(report)).uri();
    return ArtifactJson.read(store, uri, RepositoryResult.class, 1 << 20);
  }

  RepositoryResult written(int second, int filesReviewed, Finding... findings) {
    return written(report(second, filesReviewed, findings));
  }

  static List<LifecycleState> states(List<Finding> findings) {
    return findings.stream()
        .map(finding -> Objects.requireNonNull(finding.lifecycle()).state())
        .toList();
  }

  static Baseline baseline(RepositoryResult result) {
    return Objects.requireNonNull(result.baseline());
  }

  static Finding finding(String path, int line, String code, String number) {
    return FindingSamples.finding("r", Severity.HIGH, path, line, code)
        .withFingerprint(Sha256.ofText(path + number));
  }
}
