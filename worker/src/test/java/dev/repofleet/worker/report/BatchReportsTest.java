package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.worker.testing.WatchedStore;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.report.StateInput;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a batch leaves behind when it ends, and when its reviews go on afterwards. */
class BatchReportsTest {
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
  void aBatchHasARowForEveryTargetWhateverBecameOfIt() throws Exception {
    ManifestRef manifest = given.manifest(4);
    List<TargetPage.Row> rows = given.rows(manifest);
    given.written(given.report(0, rows.get(0).key(), AgentKind.CLAUDE));
    store.putNamed("reviews/b/" + rows.get(2).key() + "/review.json", new byte[] {'{'});
    BatchResult failed = batch(manifest, BatchStatus.FINISHED_WITH_FAILURES, 3);
    assertThat(failed.repositories()).extracting(BatchRow::index).containsExactly(0, 1, 2, 3);
    assertThat(failed.repositories())
        .extracting(BatchRow::cause)
        .containsExactly(null, "internal", "internal", "not_started");
    assertThat(failed.repositories().get(1).message()).contains("review/b/owner-name1-");
    assertThat(failed.repositories().get(0).files().review()).endsWith("/review.json");
    assertThat(failed.total(dev.repofleet.artifacts.result.RepositoryStatus.FAILED)).isEqualTo(3);
    assertThat(failed.agent()).isEqualTo(new AgentInfo("claude", "2.1", "model-1"));
    assertThat(failed.message()).isEqualTo("1 of 4 repositories are complete");
    BatchResult cancelled = batch(manifest, BatchStatus.CANCELLED, 3);
    assertThat(cancelled.repositories())
        .extracting(BatchRow::cause)
        .containsExactly(null, "cancelled", "internal", "not_started");
    assertThat(cancelled.repositories().get(3).status())
        .isEqualTo(dev.repofleet.artifacts.result.RepositoryStatus.CANCELLED);
  }

  @Test
  void aFollowUpAfterTheEndBringsTheBatchUpToDate() throws Exception {
    ManifestRef manifest = given.manifest(2);
    List<TargetPage.Row> rows = given.rows(manifest);
    given.written(given.report(0, rows.get(0).key(), AgentKind.CLAUDE));
    batch(manifest, BatchStatus.FINISHED_WITH_FAILURES, 2);

    RepositoryReport second = given.report(1, rows.get(1).key(), AgentKind.CLAUDE);
    reports.writeReport(ReportInput.of(followedUp(second)));

    BatchResult now =
        ArtifactJson.read(store, "artifact:batches/b/batch.json", BatchResult.class, 1 << 20);
    assertThat(now.status()).isEqualTo(dev.repofleet.artifacts.result.BatchStatus.COMPLETE);
    assertThat(now.message()).isNull();
    assertThat(now.repositories()).hasSize(2).allMatch(row -> row.status().isGood());
    assertThat(now.usage().costUsd()).isEqualTo(1.5);
    assertThat(reports.readState(new StateInput("b", second.review().key())).turns())
        .isEqualTo(second.turns());
  }

  @Test
  void twoFollowUpsThatEndTogetherBothGetTheirRow() throws Exception {
    ManifestRef manifest = given.manifest(2);
    List<TargetPage.Row> rows = given.rows(manifest);
    batch(manifest, BatchStatus.FINISHED_WITH_FAILURES, 2);
    ReportInput other =
        ReportInput.of(followedUp(given.report(1, rows.get(1).key(), AgentKind.CLAUDE)));
    ArtifactStore slow = beforeWriting("batches/b/batch.json", () -> reports.writeReport(other));

    new ReportActivitiesImpl(slow, Map.of(), given.metrics(), () -> AttemptTime.of(Duration.ZERO))
        .writeReport(
            ReportInput.of(followedUp(given.report(0, rows.get(0).key(), AgentKind.CLAUDE))));

    BatchResult now =
        ArtifactJson.read(store, "artifact:batches/b/batch.json", BatchResult.class, 1 << 20);
    assertThat(now.repositories()).hasSize(2).allMatch(row -> row.status().isGood());
    assertThat(now.usage().costUsd()).isEqualTo(2);
  }

  @Test
  void aFollowUpThatHadReadTheResultOfBeforeUndoesNoLaterEnd() throws Exception {
    ManifestRef manifest = given.manifest(2);
    List<TargetPage.Row> rows = given.rows(manifest);
    RepositoryReport first = given.report(0, rows.get(0).key(), AgentKind.CLAUDE);
    batch(manifest, BatchStatus.FINISHED_WITH_FAILURES, 2);
    ArtifactStore slow =
        beforeWriting(
            "batches/b/batch.json",
            () -> {
              given.written(first);
              batch(manifest, BatchStatus.COMPLETE, 2, 3000);
            });

    new ReportActivitiesImpl(slow, Map.of(), given.metrics(), () -> AttemptTime.of(Duration.ZERO))
        .writeReport(
            ReportInput.of(followedUp(given.report(1, rows.get(1).key(), AgentKind.CLAUDE))));

    BatchResult now =
        ArtifactJson.read(store, "artifact:batches/b/batch.json", BatchResult.class, 1 << 20);
    assertThat(now.endedAt()).isEqualTo(Instant.ofEpochMilli(3000));
    assertThat(now.repositories()).hasSize(2).allMatch(row -> row.status().isGood());
  }

  private BatchResult batch(ManifestRef manifest, BatchStatus status, int dispatched) {
    return batch(manifest, status, dispatched, 2000);
  }

  private BatchResult batch(
      ManifestRef manifest, BatchStatus status, int dispatched, long endedAt) {
    BatchInput input =
        Inputs.batch("b", manifest, ReviewReports.PLAN, "store", 10, AgentKind.CLAUDE);
    String uri =
        reports
            .writeReport(
                ReportInput.of(
                    new BatchReport(input, status, dispatched, 1000, endedAt, null, List.of())))
            .uri();
    return ArtifactJson.read(store, uri, BatchResult.class, 1 << 20);
  }

  /** The store, with something that happens once between its owner's reading and writing. */
  private ArtifactStore beforeWriting(String path, Runnable happening) {
    AtomicBoolean happened = new AtomicBoolean();
    return WatchedStore.of(
        store,
        (method, written) -> {
          if (method.equals("putNamed")
              && path.equals(written)
              && happened.compareAndSet(false, true)) {
            happening.run();
          }
        });
  }

  /** As a review that was gone on with after its end, and lost a sandbox on the way. */
  private static RepositoryReport followedUp(RepositoryReport report) {
    return new RepositoryReport(
        report.review().withFollowUp("artifact:prompt"),
        report.status(),
        null,
        null,
        report.resolved(),
        report.sessionId(),
        report.agentVersion(),
        report.cloned(),
        report.turns(),
        report.outcome(),
        report.diff(),
        report.startedAt(),
        report.endedAt(),
        report.sandboxMilliseconds(),
        report.stepMilliseconds(),
        new UsageTotals(1, 2, 3, 4, 0.5, UsageTotals.CostSource.ESTIMATED),
        2,
        null,
        null,
        null,
        null);
  }
}
