package dev.repofleet.starter.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.testing.TestProgram;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EndJudgementTest {
  private static BatchResult result(BatchStatus status) {
    return BatchResult.of(
        new BatchResult.Head("b", status, null, null, null, TestProgram.NOW, null), List.of());
  }

  private static void failed(@Nullable String type, int exit) {
    BatchEnd end = new BatchEnd(BatchEnd.Kind.FAILED, type, "the reason");
    assertThatThrownBy(() -> EndJudgement.exitCode(end, result(BatchStatus.FAILED)))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(exit))
        .hasMessage("batch b could not go on: the reason");
  }

  @Test
  void a_batch_that_went_through_is_judged_by_its_repositories() {
    assertThat(EndJudgement.exitCode(BatchEnd.COMPLETED, result(BatchStatus.COMPLETE)))
        .isEqualTo(ExitCode.OK);
    assertThat(
            EndJudgement.exitCode(BatchEnd.COMPLETED, result(BatchStatus.FINISHED_WITH_FAILURES)))
        .isEqualTo(ExitCode.FINISHED_WITH_FAILURES);
    assertThat(EndJudgement.exitCode(BatchEnd.COMPLETED, result(BatchStatus.STOPPED_BUDGET)))
        .isEqualTo(ExitCode.STOPPED_AT_BUDGET);
  }

  @Test
  void a_cancelled_or_terminated_batch_is_not_complete() {
    for (BatchEnd.Kind kind : List.of(BatchEnd.Kind.CANCELLED, BatchEnd.Kind.TERMINATED)) {
      assertThat(
              EndJudgement.exitCode(new BatchEnd(kind, null, null), result(BatchStatus.CANCELLED)))
          .isEqualTo(ExitCode.FINISHED_WITH_FAILURES);
    }
  }

  @Test
  void a_batch_that_could_not_go_on_says_why() {
    failed("no_model", 5);
    failed("store_mismatch", 5);
    failed("plan_invalid", 2);
    failed("batch_deleting", 2);
    failed("manifest_invalid", 1);
    failed(null, 1);
  }

  @Test
  void the_numbers_of_the_exit_codes_last() {
    assertThat(java.util.Arrays.stream(ExitCode.values()).map(ExitCode::number))
        .containsExactly(0, 1, 2, 3, 4, 5, 130);
  }
}
