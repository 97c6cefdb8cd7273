package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.PlanLimits;
import dev.repofleet.worker.sandbox.SandboxLayout;
import dev.repofleet.workflows.activities.PromptKind;
import dev.repofleet.workflows.activities.TurnOutcome;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent that prints without end hurts neither the sandbox's disk nor the worker's memory. */
class LargeOutputIT {
  private static final long CAP = 8 << 20;

  @TempDir private Path folder;

  @Test
  void hundredsOfMegabytesInLinesInOneLineAndOnTheErrorOutputLeaveTheAnswerWhole()
      throws Exception {
    try (AgentFixture fleet = new AgentFixture(folder, AgentFixture.plan().limits(limits()))) {
      fleet.lease();
      fleet.agent(
          """
          message('a', input_tokens=10)
          block = ('x' * 1023 + '\\n') * 1024
          for _ in range(150):
              sys.stdout.write(block)
          for _ in range(150):
              sys.stdout.write('y' * (1 << 20))
          sys.stdout.write('\\n')
          for _ in range(100):
              sys.stderr.write('e' * (1 << 20))
          sys.stdout.flush()
          result(cost=0.5, structured_output={'summary': 'done'})
          """);

      TurnOutcome outcome = fleet.agents.run(fleet.turn(0, PromptKind.REVIEW));

      assertThat(outcome.cause()).as(outcome.message()).isNull();
      assertThat(outcome.answerUri()).isNotNull();
      assertThat(outcome.usage().costUsd()).isEqualTo(0.5);
      String run = SandboxLayout.STATE + "/runs/0.0.0/";
      assertThat(Long.parseLong(fleet.asRoot("cat " + run + "* | wc -c").strip()))
          .isBetween(CAP, CAP + (4 << 20));
      String events = requireNonNull(outcome.eventsUri(), "events");
      assertThat(fleet.store.read(events, 1 << 20)).isNotEmpty();
      fleet.release();
    }
  }

  /** What one line without an end costs: the splitter keeps no more than a line may have. */
  @Test
  void aLineOfAGigabyteIsPassedOverInBoundedMemory() {
    AgentStream stream = new AgentStream();
    byte[] piece = new byte[1 << 20];
    for (int i = 0; i < 1024; i++) {
      stream.accept(piece, piece.length);
      assertThat(stream.pending()).isLessThanOrEqualTo(4 << 20);
    }
    byte[] next = "\n{\"type\":\"result\",\"total_cost_usd\":1}\n".getBytes(UTF_8);
    stream.accept(next, next.length);

    assertThat(stream.usage().costUsd()).isEqualTo(1);
  }

  private static PlanLimits limits() {
    PlanLimits standard = AgentFixture.plan().build().limits();
    return PlanLimits.of(
        standard.budgetUsd(),
        standard.turns(),
        standard.time(),
        standard.sandboxTime(),
        standard.repositorySizeBytes(),
        CAP,
        standard.approvalTime(),
        standard.pausedTime());
  }
}
