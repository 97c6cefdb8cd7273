package dev.repofleet.starter.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.testing.TestProgram;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch of two, of which one was complete when it ended. */
class WrittenEndTest {
  private static final BatchEnd TERMINATED =
      new BatchEnd(BatchEnd.Kind.TERMINATED, null, "its workflow was terminated");

  private final FakeBatch batch;

  WrittenEndTest(@TempDir Path folder) {
    batch = new FakeBatch(ArtifactStores.open(folder.toString()), 2);
  }

  @BeforeEach
  void end() {
    batch.finish(0, RepositoryStatus.COMPLETE, null);
    batch.end(BatchEnd.COMPLETED);
  }

  private BatchResult ended(BatchEnd end) {
    return new BatchAssembly(batch.records()).ended(batch, end, TestProgram.NOW);
  }

  @Test
  void what_the_latest_run_wrote_is_the_last_word() {
    assertThat(WrittenEnd.of(batch.records(), batch)).contains(batch.report());
    assertThat(ended(BatchEnd.COMPLETED)).isEqualTo(batch.report());
  }

  @Test
  void a_batch_that_was_started_again_has_not_ended() {
    Instant end = batch.report().endedAt();
    assertThat(end).isNotNull();
    batch.runStartedAt = end.plusMillis(1);

    assertThat(WrittenEnd.of(batch.records(), batch)).isEmpty();
  }

  @Test
  void one_that_was_started_again_and_terminated_is_not_complete() {
    batch.runStartedAt = TestProgram.NOW.plusSeconds(3600);

    BatchResult result = ended(TERMINATED);

    assertThat(result.status()).isEqualTo(BatchStatus.FAILED);
    assertThat(result.repositories())
        .extracting(BatchRow::status)
        .containsExactly(RepositoryStatus.COMPLETE, RepositoryStatus.FAILED);
  }
}
