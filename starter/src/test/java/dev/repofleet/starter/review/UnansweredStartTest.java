package dev.repofleet.starter.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.starter.testing.TestProgram;
import io.grpc.Status;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that does not say whether it has started the batch. */
class UnansweredStartTest {
  @TempDir Path folder = Path.of("");

  @Test
  void whoAsksAgainIsToldTheBatchsId() {
    try (GuardedFront server = GuardedFront.plain(0)) {
      server.deny(
          WorkflowServiceGrpc.getStartWorkflowExecutionMethod().getFullMethodName(),
          Status.CANCELLED);
      TestProgram.Outcome outcome =
          new TestProgram(folder)
              .with("TEMPORAL_ADDRESS", server.address())
              .run("review", "--agent", "rehearsal", "--detach", "owner/name");
      assertThat(outcome.exit()).as(outcome.err()).isEqualTo(5);
      assertThat(outcome.err())
          .containsPattern(
              "did not say whether it has started batch (\\S+): the same command with `--batch \\1`");
    }
  }
}
