package dev.repofleet.workflows.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.client.ReviewRuns.Run;
import dev.repofleet.workflows.client.ReviewRuns.State;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReviewRunsTest {

  @Test
  void only_what_has_surely_ended_is_closed() {
    Set<WorkflowExecutionStatus> ended =
        EnumSet.of(
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED,
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED,
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED,
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED,
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
    for (WorkflowExecutionStatus status : WorkflowExecutionStatus.values()) {
      assertThat(ReviewRuns.isOpen(status)).as(status.name()).isEqualTo(!ended.contains(status));
    }
  }

  @Test
  void a_reset_keeps_the_first_run_of_its_chain_and_a_new_start_does_not() {
    Run before = new Run(State.CLOSED, "a", "a");
    assertThat(new Run(State.OPEN, "b", "a").isResetOf(before)).isTrue();
    assertThat(new Run(State.OPEN, "c", "c").isResetOf(before)).isFalse();
    assertThat(before.isResetOf(before)).as("the same run").isFalse();
    assertThat(new Run(State.OPEN, "b", "").isResetOf(before)).as("nobody tells").isTrue();
  }
}
