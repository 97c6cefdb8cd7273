package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.LivePiece;
import dev.repofleet.artifacts.result.Checkpoint;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.report.StateInput;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of an ended review others may go on with. */
class ReviewStatesTest {
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
  void aStateThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> reports.readState(new StateInput("b", "nobody")))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("nobody");
  }

  @Test
  void anExpiredSessionIsToldByItsCause() throws Exception {
    given.written(given.report(0, "k", AgentKind.CLAUDE));
    store.putNamed(ArtifactPaths.expired("b"), new byte[] {'{', '}'});
    ApplicationFailure failure =
        catchThrowableOfType(
            ApplicationFailure.class, () -> reports.readState(new StateInput("b", "k")));
    assertThat(failure.getType()).isEqualTo(Cause.SESSION_EXPIRED.code());
    assertThat(failure.isNonRetryable()).isTrue();
    assertThat(failure.getOriginalMessage()).contains("has expired", "review it again");
  }

  @Test
  void atItsEndAReviewKeepsTheLastCheckpointOfEachTurnAndOfTheLiveViewWhatIsBeingLookedAt()
      throws Exception {
    List<String> stays =
        List.of(
            checkpoint(0, 0, 900, true),
            checkpoint(1, 1, 50, false),
            checkpoint(2, 0, 10, false),
            checkpoint(2, 0, 20, false),
            ArtifactUri.of(ArtifactPaths.turnResult("b", "k", 0, 0)),
            live(0, 2, 0),
            live(1, 0, 0));
    List<String> goes =
        List.of(
            checkpoint(0, 0, 100, false),
            checkpoint(0, 0, 800, false),
            checkpoint(1, 0, 70, false),
            live(0, 0, 0),
            live(0, 1, 1));
    store.putNamed(ArtifactPaths.turnResult("b", "k", 0, 0), new byte[] {'{', '}'});
    Clock soon = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(30));
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2));
    RepositoryReport ended = given.report(0, "k", AgentKind.CLAUDE);
    new ReportActivitiesImpl(
            store, Map.of(), given.metrics(), () -> AttemptTime.of(Duration.ZERO), soon)
        .writeReport(ReportInput.of(ended));
    assertThat(stays).allMatch(store::exists);
    assertThat(goes.subList(0, 3)).noneMatch(store::exists);
    assertThat(goes.subList(3, 5)).allMatch(store::exists);
    for (int i = 0; i < 2; i++) {
      new ReportActivitiesImpl(
              store, Map.of(), given.metrics(), () -> AttemptTime.of(Duration.ZERO), later)
          .writeReport(ReportInput.of(ended));
      assertThat(stays).as("turn 2 is a follow-up's").allMatch(store::exists);
      assertThat(goes).noneMatch(store::exists);
    }
  }

  @Test
  void aCheckpointWhoseFilesAreGoneIsNotTheOneThatIsKept() throws Exception {
    String whole = checkpoint(0, 0, 100, false);
    String lower = checkpoint(0, 0, 50, false);
    checkpoint(0, 0, 900, true);
    String transcript = store.put("0.0.900".getBytes(StandardCharsets.UTF_8)).uri();
    assertThat(store.deleteObject(transcript, Instant.now().plus(Duration.ofHours(1)))).isTrue();
    given.written(given.report(0, "k", AgentKind.CLAUDE));
    assertThat(store.exists(whole)).isTrue();
    assertThat(store.exists(lower)).isFalse();
  }

  private String live(int generation, int turn, int incarnation) {
    LivePiece piece = new LivePiece(generation, turn, incarnation, 1, 2);
    return store.putNamed(ArtifactPaths.live("b", "k", piece), new byte[] {1}).uri();
  }

  private String checkpoint(int turn, int incarnation, long offset, boolean ended) {
    ArtifactRef transcript =
        store.put((turn + "." + incarnation + "." + offset).getBytes(StandardCharsets.UTF_8));
    Checkpoint checkpoint =
        new Checkpoint(
            1,
            0,
            turn,
            incarnation,
            offset,
            ended,
            "session",
            "c0ffee",
            "7ree",
            0,
            List.of(Checkpoint.StoredFile.of(Checkpoint.TRANSCRIPT, transcript)),
            Instant.EPOCH,
            null);
    return store
        .putNamed(
            ArtifactPaths.checkpoint("b", "k", 0, turn, incarnation, offset),
            ArtifactJson.pretty(checkpoint))
        .uri();
  }
}
