package dev.repofleet.workflows.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.UsageTotals.CostSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchTallyTest {
  private static RepositoryEnded ended(RepositoryStatus status, CostSource source) {
    return new RepositoryEnded(
        0,
        "key",
        status,
        status == RepositoryStatus.COMPLETE ? null : Cause.INTERNAL,
        new SeverityCounts(1, 0, 0, 0, 2),
        new UsageTotals(10, 20, 30, 40, 0.5, source),
        0,
        null);
  }

  @Test
  void addsUpWhatEnded() {
    BatchTally tally =
        BatchTally.NONE
            .plus(ended(RepositoryStatus.FAILED, CostSource.ESTIMATED))
            .plus(ended(RepositoryStatus.COMPLETE, CostSource.REPORTED))
            .plus(ended(RepositoryStatus.COMPLETE, CostSource.REPORTED));

    assertThat(tally.ended()).isEqualTo(3);
    assertThat(tally.count(RepositoryStatus.COMPLETE)).isEqualTo(2);
    assertThat(tally.count(RepositoryStatus.PARTIAL)).isZero();
    assertThat(tally.findings()).isEqualTo(new SeverityCounts(3, 0, 0, 0, 6));
    assertThat(tally.usage())
        .isEqualTo(new UsageTotals(30, 60, 90, 120, 1.5, CostSource.ESTIMATED));
  }

  @Test
  void hasOneOrderWhateverTheOrderOfTheEnds() {
    BatchTally tally =
        BatchTally.NONE
            .plus(ended(RepositoryStatus.FAILED, CostSource.REPORTED))
            .plus(ended(RepositoryStatus.COMPLETE, CostSource.REPORTED));

    assertThat(tally.byStatus().keySet())
        .containsExactly(RepositoryStatus.COMPLETE, RepositoryStatus.FAILED);
  }

  @Test
  void cannotBeChanged() {
    Map<RepositoryStatus, Integer> counts = BatchTally.NONE.byStatus();

    assertThat(BatchTally.NONE.ended()).isZero();
    assertThatThrownBy(() -> counts.put(RepositoryStatus.FAILED, 1))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
