package dev.repofleet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FleetTest {
  @Test
  void namesQueuesAndWorkflows() {
    assertThat(Fleet.DEFAULT.taskQueue()).isEqualTo("repofleet");
    assertThat(Fleet.DEFAULT.runTaskQueue()).isEqualTo("repofleet-run");
    assertThat(Fleet.batchWorkflowId("nightly")).isEqualTo("review-batch/nightly");
    assertThat(Fleet.reviewWorkflowId("nightly", "a-1")).isEqualTo("review/nightly/a-1");
  }

  @Test
  void namesSchedulesAndTheirBatches() {
    assertThat(Fleet.scheduleId("nightly")).isEqualTo("review-schedule/nightly");
    assertThat(Fleet.scheduledBatchWorkflowId("nightly")).isEqualTo("scheduled-batch/nightly");
    assertThat(Fleet.scheduledBatch("nightly", Instant.parse("2026-01-02T23:04:05.9Z")))
        .isEqualTo("nightly-20260102-230405");
  }

  @Test
  void takesAScheduleNameWhoseBatchesHaveUsableIds() {
    String longest = Fleet.DEFAULT.requireSchedule("s".repeat(47));

    assertThat(Fleet.DEFAULT.requireBatch(Fleet.scheduledBatch(longest, Instant.EPOCH)))
        .hasSize(63);
    for (String wrong : new String[] {"", "s".repeat(48), "Nightly", ".a", "a/b", "a b"}) {
      assertThatThrownBy(() -> Fleet.DEFAULT.requireSchedule(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 47");
    }
    assertThatThrownBy(() -> new Fleet("night").requireSchedule("one"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"night.\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Fleet", "-a", "a.b", "a/b", "0123456789012345678901234567890x"})
  void refusesAName(String name) {
    assertThatThrownBy(() -> new Fleet(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "N", ".a", "-a", "a/b", "a b", "a\n"})
  void refusesABatchId(String batch) {
    assertThatThrownBy(() -> Fleet.DEFAULT.requireBatch(batch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batch id");
  }

  @Test
  void takesABatchIdOfUpTo63Characters() {
    assertThat(Fleet.DEFAULT.requireBatch("b".repeat(63))).hasSize(63);
    assertThatThrownBy(() -> Fleet.DEFAULT.requireBatch("b".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void wantsItsOwnPrefixUnlessItIsTheDefault() {
    Fleet night = new Fleet("night");

    assertThat(night.requireBatch("night.one")).isEqualTo("night.one");
    assertThatThrownBy(() -> night.requireBatch("one"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"night.\"");
  }

  @Test
  void the_workflow_by_which_a_schedule_began_a_batch_is_told_by_the_batchs_id() {
    assertThat(
            Fleet.scheduledRunWorkflowId(
                Fleet.scheduledBatch("eu.nightly-2", Instant.parse("2026-01-02T03:00:00Z"))))
        .contains("scheduled-batch/eu.nightly-2-2026-01-02T03:00:00Z");
    for (String other :
        List.of(
            "20260102-030405-abcd", "nightly", "nightly-20260231-030000", "a-20260102-996000")) {
      assertThat(Fleet.scheduledRunWorkflowId(other)).as(other).isEmpty();
    }
  }
}
