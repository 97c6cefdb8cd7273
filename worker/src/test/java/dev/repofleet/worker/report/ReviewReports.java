package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.ReviewInput;
import io.temporal.client.WorkflowClient;
import io.temporal.testing.TestWorkflowEnvironment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Reviews that have ended, in a store, and the activities that write of them. */
final class ReviewReports {
  static final String SECRET = "sk-ant-0123456789";
  static final PlanRef PLAN = new PlanRef("artifact:p", "0", "security");

  /** Nothing listens there: no test here may ask for a sandbox. */
  private static final E2bClient E2B =
      new E2bClient(E2bOptions.builder().apiKey("e2b_0").apiUrl("http://127.0.0.1:1").build());

  private final ArtifactStore store;
  private final FleetMetrics metrics = new FleetMetrics();
  private final ReportActivitiesImpl reports;

  ReviewReports(ArtifactStore store) {
    this.store = store;
    this.reports =
        new ReportActivitiesImpl(
            store,
            Map.of("ANTHROPIC_API_KEY", SECRET),
            metrics,
            () -> AttemptTime.of(Duration.ZERO));
  }

  ReportActivitiesImpl reports() {
    return reports;
  }

  FleetMetrics metrics() {
    return metrics;
  }

  private String text(String content) {
    return store.put(content.getBytes(StandardCharsets.UTF_8)).uri();
  }

  private String gzipped(String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return store.put(bytes.toByteArray()).uri();
  }

  static ReviewInput review(int index, String key, AgentKind agent) {
    return Inputs.review(
        "b",
        index,
        key,
        Inputs.target("owner/name@v1", "https://github.com/owner/name", "v1"),
        PLAN,
        agent);
  }

  TurnOutcome turn(int number, @Nullable Cause cause) throws IOException {
    return turn(number, number == 0 ? PromptKind.REVIEW : PromptKind.FOLLOW_UP, cause);
  }

  TurnOutcome turn(int number, PromptKind prompt, @Nullable Cause cause) throws IOException {
    return new TurnOutcome(
        number,
        prompt,
        0,
        cause,
        null,
        3,
        new UsageTotals(1, 2, 3, 4, 0.25, UsageTotals.CostSource.REPORTED),
        1500,
        "model-1",
        null,
        text("I am done. " + SECRET + "x".repeat(900)),
        gzipped("event " + number + "\n"),
        gzipped("transcript " + number + "\n"),
        null,
        true,
        null,
        null,
        null);
  }

  RepositoryReport report(int index, String key, AgentKind agent) throws IOException {
    return report(index, key, agent, null, null);
  }

  RepositoryReport report(
      int index,
      String key,
      AgentKind agent,
      @Nullable ReviewIgnore ignored,
      @Nullable Incremental incremental)
      throws IOException {
    ReviewDocument document =
        new ReviewDocument(
            1,
            "Well.",
            List.<Finding>of(),
            2,
            ignored == null ? List.of() : List.of(new Exclusion("docs/**", "no code")),
            List.of(),
            null,
            ignored == null ? 0 : 3);
    return new RepositoryReport(
        review(index, key, agent),
        RepositoryStatus.COMPLETE,
        null,
        null,
        new ResolveOutcome("c0ffee", "refs/tags/v1"),
        "session",
        "2.1",
        new CloneOutcome(
            2,
            100,
            "7ree",
            List.of("Java"),
            List.of("CLAUDE.md"),
            List.of(100),
            ignored,
            incremental,
            null),
        List.of(turn(0, null), turn(1, null)),
        new ReviewOutcome(
            ReviewOutcome.Verdict.VALID,
            null,
            store.put(ArtifactJson.pretty(document)).uri(),
            SeverityCounts.NONE,
            0),
        new DiffOutcome(
            text("diff --git"), 10, 1, "new", List.of("nested repository: a: b/c"), null),
        1000,
        9000,
        7500,
        Map.of("clone", 100L));
  }

  RepositoryResult written(RepositoryReport report) {
    String uri = reports.writeReport(ReportInput.of(report)).uri();
    return ArtifactJson.read(store, uri, RepositoryResult.class, 1 << 20);
  }

  ManifestRef manifest(int count) {
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      for (int i = 0; i < count; i++) {
        TargetSpec spec = new TargetParser(path -> false).parse("owner/name" + i);
        CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
        writer.add(TargetRow.git(i, TargetKey.of(canonical, null, null), spec, canonical));
      }
      dev.repofleet.artifacts.target.ManifestRef written = writer.finish();
      return new ManifestRef(written.uri(), written.sha256(), count);
    }
  }

  BatchActivitiesImpl batches(WorkflowClient client) {
    return new BatchActivitiesImpl(
        store, new PlanSource(store), client, E2B, Map.of(), () -> AttemptTime.of(Duration.ZERO));
  }

  /** Of the first 500 targets. */
  List<TargetPage.Row> rows(ManifestRef manifest) {
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      return batches(temporal.getWorkflowClient())
          .readTargets(new TargetPageRequest(manifest, 0, 500))
          .rows();
    }
  }
}
