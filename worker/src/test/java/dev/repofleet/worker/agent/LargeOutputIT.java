package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** An agent that prints without end hurts neither the sandbox's disk nor the worker's memory. */
@Isolated("the heap is the whole process's")
class LargeOutputIT {
  private static final long CAP = 8 << 20;

  /**
   * Sandbox server and test included: some 45 MiB, and 96 more in the moment in which the buffer of
   * a line grows from 32 MiB to its double.
   */
  private static final long MOST_HEAP = 256L << 20;

  @TempDir private Path folder;

  @Test
  void aGigabyteInLinesInOneLineAndOnTheErrorOutputLeavesTheAnswerWhole() throws Exception {
    try (AgentFixture fleet = new AgentFixture(folder, AgentFixture.plan().limits(limits()))) {
      fleet.lease();
      fleet.agent(
          """
          message('a', input_tokens=10)
          block = ('x' * 1023 + '\\n') * 1024
          for _ in range(500):
              sys.stdout.write(block)
          for _ in range(400):
              sys.stdout.write('y' * (1 << 20))
          sys.stdout.write('\\n')
          for _ in range(124):
              sys.stderr.write('e' * (1 << 20))
          sys.stdout.flush()
          result(cost=0.5, structured_output={'summary': 'done'})
          """);
      long begin = System.nanoTime();
      LiveHeap heap = new LiveHeap();

      TurnOutcome outcome;
      try (heap) {
        outcome = fleet.agents.run(fleet.turn(0, PromptKind.REVIEW));
      }

      assertThat(outcome.cause()).as(outcome.message()).isNull();
      assertThat(outcome.answerUri()).isNotNull();
      assertThat(outcome.usage().costUsd()).isEqualTo(0.5);
      String run = SandboxLayout.STATE + "/runs/0.0.0/";
      long disk = Long.parseLong(fleet.asRoot("cat " + run + "* | wc -c").strip());
      System.out.printf(
          "1 GiB of output: %.1f s, at most %d MiB of heap alive, %.1f MiB kept in the sandbox%n",
          (System.nanoTime() - begin) / 1e9, heap.most() >> 20, disk / 1048576.0);
      assertThat(disk).isBetween(CAP, CAP + (4 << 20));
      assertThat(heap.most()).isLessThan(MOST_HEAP);
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
      assertThat(stream.pending()).isLessThanOrEqualTo(AgentStream.MAX_LINE);
    }
    byte[] next = "\n{\"type\":\"result\",\"total_cost_usd\":1}\n".getBytes(UTF_8);
    stream.accept(next, next.length);

    assertThat(stream.usage().costUsd()).isEqualTo(1);
  }

  /** In which every character takes two bytes, for one that needs them: 64 MiB in all. */
  @Test
  void aFollowerKeepsNothingOfAResultThatIsAsLongAsALineMayBe() {
    AgentStream stream = new AgentStream();
    byte[] begin = "{\"type\":\"result\",\"result\":\"\u4e00".getBytes(UTF_8);
    byte[] end = "\"}\n".getBytes(UTF_8);
    byte[] middle = new byte[AgentStream.MAX_LINE - begin.length - end.length + 1];
    Arrays.fill(middle, (byte) 'a');
    long before = alive();
    stream.accept(begin, begin.length);
    stream.accept(middle, middle.length);
    stream.accept(end, end.length);
    assertThat(stream.result()).isPresent();
    stream.forgetResult();

    assertThat(alive() - before).isLessThan(16 << 20);
    assertThat(stream.pending()).isZero();
  }

  private static long alive() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
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

  /** What is alive of the heap, looked at twice a second from a thread of its own. */
  private static final class LiveHeap implements AutoCloseable {
    private static final long EVERY_NANOS = 500_000_000;

    private final AtomicLong most = new AtomicLong();
    private volatile boolean closed;

    private LiveHeap() {
      Thread looks = new Thread(this::look, "live-heap");
      looks.setDaemon(true);
      looks.start();
    }

    private void look() {
      while (!closed) {
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        most.accumulateAndGet(used, Math::max);
        LockSupport.parkNanos(EVERY_NANOS);
      }
    }

    private long most() {
      return most.get();
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
