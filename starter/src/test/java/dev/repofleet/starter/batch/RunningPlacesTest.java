package dev.repofleet.starter.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.render.BatchSummary;
import dev.repofleet.starter.render.TextStyle;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.review.RepositoryProgress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningPlacesTest {
  @TempDir Path folder = Path.of("");

  /** As {@code status} does it, up to the table's rows. */
  private static List<String> table(FakeBatch batch, int repositories) {
    BatchResult result =
        new BatchAssembly(batch.records()).running(batch.progress().orElseThrow(), TestProgram.NOW);
    Map<Integer, RepositoryProgress> places = RunningPlaces.of(batch, result);
    return BatchSummary.lines(result, RunningPlaces.shown(places), TextStyle.PLAIN)
        .subList(0, repositories + 1);
  }

  @Test
  void the_table_of_a_batch_says_which_repositories_wait_for_a_person() {
    FakeBatch batch = new FakeBatch(ArtifactStores.open(folder.resolve("s").toString()), 4);
    batch.finish(0, RepositoryStatus.COMPLETE, null);
    batch.ask(1, 0);
    batch.enter(2, Stage.RUN, 0);

    assertThat(table(batch, 4))
        .containsExactly(
            "TARGET    STATUS                           FINDINGS   COST",
            "owner/r0  complete                         none      $0.12",
            "owner/r1  follow-up 1 waits for an answer  -         $0.05",
            "owner/r2  run turn 0                       -         $0.05",
            "owner/r3  queued                           -         $0.00");
  }

  @Test
  void a_silent_worker_is_not_asked_for_every_repository() {
    FakeBatch batch = new FakeBatch(ArtifactStores.open(folder.resolve("s").toString()), 9);
    for (int i = 0; i < 9; i++) {
      batch.enter(i, Stage.RUN, 0);
    }
    BatchResult result =
        new BatchAssembly(batch.records()).running(batch.progress().orElseThrow(), TestProgram.NOW);
    batch.workerAway = true;

    assertThat(RunningPlaces.of(batch, result)).isEmpty();
    assertThat(batch.questions()).isEqualTo(2);
  }
}
