package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.repofleet.artifacts.BatchResult;
import dev.repofleet.artifacts.BatchRow;
import dev.repofleet.artifacts.FollowUp;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.artifacts.RepositoryStatus;
import dev.repofleet.artifacts.TargetRow;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.testing.TestProgram.Outcome;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.batch.BatchControl;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.BatchStatus;
import dev.repofleet.workflows.batch.BatchTally;
import dev.repofleet.workflows.pool.SandboxPoolWorkflow;
import dev.repofleet.workflows.pool.SandboxPoolWorkflowImpl;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.testing.WorkflowReplayer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One batch that people control without pause, while its workers and the server are killed, in an
 * order out of a seed. In the long form 500 repositories: {@link Attack#LONG}.
 */
@Timeout(value = 2400, unit = TimeUnit.SECONDS)
class RandomControlIT {
  private static final String BATCH = "random";
  private static final Duration AGENT = Duration.ofSeconds(1);
  private static final Duration APART = Duration.ofSeconds(3);
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final Duration END = Duration.ofMinutes(20);
  private static final int TOKENS_OF_A_MESSAGE = 100;

  /** Sums of dollars are rounded. */
  private static final double EXACT = 1e-7;

  /** Done; refused with a sentence; nobody has answered, and it may have taken effect. */
  private static final List<Integer> ANSWERS = List.of(0, 2, 5);

  @TempDir Path folder = Path.of("");

  @Test
  void every_target_has_one_result_and_every_dollar_is_counted_once() {
    Attack attack = Attack.begin("RandomControlIT");
    int repositories = attack.ofLong(500, 60);
    List<String> more = Attack.names(attack.ofLong(10, 4));
    more.forEach(name -> SmallRepositories.commit(folder, name));
    try (SimulatedFleet fleet =
        new SimulatedFleet("RandomControlIT", folder, AGENT, attack.ofLong(4, 2))) {
      fleet.begin(
          new SimulatedBatch.Work(BATCH, repositories, attack.ofLong(30, 8))
              .with(
                  SimulatedBatch.plan()
                      .followUps(List.of(new FollowUp("Look once more.", "always")))
                      .build()));
      Waiting.until("the batch works", SOON, () -> fleet.agents().atWork() > 0);
      Round round = new Round(attack, fleet, repositories, more);
      for (int event = 0; event < attack.ofLong(80, 14); event++) {
        attack.pause(APART);
        round.happen();
      }
      round.awaitEnd();
      round.assertWhole();
    }
  }

  /** An event with the name that is printed. */
  private record Piece(String name, Runnable event) {}

  private static final class Round {
    private final Attack attack;
    private final SimulatedFleet fleet;
    private final int repositories;
    private final List<String> more;

    /** Keys whose agents may have been stopped. */
    private final Set<String> cancelled = new HashSet<>();

    private final List<Piece> pieces;

    Round(Attack attack, SimulatedFleet fleet, int repositories, List<String> more) {
      this.attack = attack;
      this.fleet = fleet;
      this.repositories = repositories;
      this.more = new ArrayList<>(more);
      this.pieces =
          List.of(
              new Piece("pause", () -> command("pause", BATCH)),
              new Piece("resume", () -> command("resume", BATCH)),
              new Piece("set", this::set),
              new Piece("retry", () -> command(verb("retry", some(3)))),
              new Piece("retry --failed", () -> command("retry", BATCH, "--failed")),
              new Piece("cancel", this::cancel),
              new Piece("add", this::add),
              new Piece("kill -9 of a worker", this::killAWorker),
              new Piece("kill -9 of the server", this::killTheServer));
    }

    void happen() {
      Piece piece = attack.one(pieces);
      System.out.println(piece.name());
      piece.event().run();
    }

    /** Whatever the moment allows; never an internal error. */
    private void command(String... words) {
      Outcome outcome = fleet.run(words);
      String said = (outcome.out() + outcome.err()).strip();
      System.out.println("  " + String.join(" ", words) + ": " + outcome.exit() + ", " + said);
      assertThat(outcome.exit()).as(said).isIn(ANSWERS);
      assertThat(said).isNotEmpty();
    }

    private static String[] verb(String verb, List<Integer> indices) {
      return Stream.concat(
              Stream.of(verb, BATCH),
              indices.stream().map(index -> SimulatedBatch.target(BATCH, index)))
          .toArray(String[]::new);
    }

    private List<Integer> some(int most) {
      return IntStream.rangeClosed(0, attack.next(most))
          .mapToObj(each -> attack.next(repositories))
          .distinct()
          .toList();
    }

    private void set() {
      command("set", BATCH, "--concurrency", "" + (1 + attack.next(attack.ofLong(40, 12))));
    }

    private void cancel() {
      List<Integer> chosen = new ArrayList<>(some(3));
      fleet.progress(BATCH).running().stream()
          .map(running -> running.index())
          .filter(index -> index < repositories)
          .findFirst()
          .ifPresent(chosen::add);
      chosen.forEach(index -> cancelled.add(SimulatedBatch.key(BATCH, index)));
      command(verb("cancel", chosen.stream().distinct().toList()));
    }

    private void add() {
      if (!more.isEmpty()) {
        command("add", BATCH, more.remove(0));
      }
    }

    /**
     * One that does nothing but follow agents: what a dead worker had of other activities is tried
     * again only after minutes. It is looked at while it stands still, so that it begins nothing.
     */
    private void killAWorker() {
      Waiting.until("all workers poll", SOON, fleet.workers()::allPoll);
      AttackedWorker worker = attack.one(fleet.workers().alive());
      Waiting.until(
          worker.name() + " does nothing but follow agents",
          SOON,
          () -> {
            worker.process().stop();
            if (followsOnly(worker)) {
              fleet.workers().killAndReplace(worker);
              return true;
            }
            worker.process().resume();
            return false;
          });
    }

    private boolean followsOnly(AttackedWorker worker) {
      Stream<String> open =
          fleet
              .parts()
              .temporal()
              .client()
              .listExecutions("ExecutionStatus = 'Running'")
              .map(execution -> execution.getExecution().getWorkflowId());
      return open.flatMap(id -> fleet.parts().pending(id).stream())
          .filter(activity -> worker.is(activity.getLastWorkerIdentity()))
          .map(PendingActivityInfo::getActivityType)
          .allMatch(type -> type.getName().equals("Run"));
    }

    private void killTheServer() {
      fleet.parts().temporalServer().kill();
      fleet.parts().temporalServer().restart();
      Waiting.until("a worker answers", SOON, this::answers);
    }

    private boolean answers() {
      try {
        fleet.progress(BATCH);
        return true;
      } catch (RuntimeException e) {
        return false;
      }
    }

    void awaitEnd() {
      Waiting.until(
          "the batch ends",
          END,
          () -> {
            var now = fleet.progress(BATCH);
            BatchControl control = now.control();
            if (control != null && control.paused()) {
              command("resume", BATCH);
            }
            return now.status() != BatchStatus.RUNNING;
          });
    }

    void assertWhole() {
      BatchOutcome outcome = fleet.awaitOutcome(BATCH, SOON);
      BatchResult result = fleet.result(BATCH);
      assertThat(result.repositories())
          .extracting(BatchRow::key)
          .containsExactlyElementsOf(
              fleet.records(BATCH).targets().stream().map(TargetRow::key).toList());
      assertThat(result.repositories())
          .extracting(BatchRow::index)
          .containsExactlyElementsOf(
              IntStream.range(0, result.repositories().size()).boxed().toList());
      result.repositories().forEach(this::assertRow);
      assertTally(outcome.tally(), result);
      Waiting.until("no sandbox is left", SOON, () -> fleet.account().sandboxes().isEmpty());
      assertPool();
      Histories.of(fleet.client(), BATCH, begun(result)).assertReplay();
      System.out.printf(
          "%s; %d messages of agents that were stopped are not in the usage%n",
          result.totals(), uncounted(result));
    }

    private List<String> begun(BatchResult result) {
      return result.repositories().stream()
          .filter(row -> !"not_started".equals(row.cause()))
          .map(BatchRow::key)
          .toList();
    }

    private void assertRow(BatchRow row) {
      if ("not_started".equals(row.cause())) {
        assertThat(row.status()).isEqualTo(RepositoryStatus.CANCELLED);
        assertThat(row.usage().inputTokens()).isZero();
        return;
      }
      RepositoryResult review = fleet.review(BATCH, row.key());
      assertThat(review.status()).as(row.key()).isEqualTo(row.status());
      assertThat(review.usage()).as(row.key()).isEqualTo(row.usage());
      if (cancelled.contains(row.key())) {
        assertThat(row.usage().inputTokens()).isLessThanOrEqualTo(said(review));
      } else {
        assertThat(row.status()).as(row.toString()).isEqualTo(RepositoryStatus.COMPLETE);
        assertThat(row.usage().inputTokens()).as(row.toString()).isEqualTo(said(review));
      }
    }

    /** Tokens that all agents of a repository have used, by their own count. */
    private long said(RepositoryResult review) {
      return IntStream.rangeClosed(0, review.generation())
          .mapToObj(
              generation ->
                  SessionId.of(Fleet.reviewWorkflowId(BATCH, review.key()), generation).toString())
          .mapToLong(session -> (long) TOKENS_OF_A_MESSAGE * fleet.agents().messages(session))
          .sum();
    }

    private long uncounted(BatchResult result) {
      return begun(result).stream()
          .map(key -> fleet.review(BATCH, key))
          .mapToLong(review -> (said(review) - review.usage().inputTokens()) / TOKENS_OF_A_MESSAGE)
          .sum();
    }

    private static void assertTally(BatchTally tally, BatchResult result) {
      Map<String, Integer> counted = new TreeMap<>();
      tally.byStatus().forEach((status, count) -> counted.put(status.name(), count));
      Map<String, Integer> written = new TreeMap<>();
      result.totals().forEach((status, count) -> written.put(status.name(), count));
      written.values().removeIf(count -> count == 0);
      assertThat(counted).isEqualTo(written);
      assertThat(tally.findings().total()).isEqualTo(result.findings().total());
      assertThat(tally.usage().inputTokens()).isEqualTo(result.usage().inputTokens());
      assertThat(tally.usage().outputTokens()).isEqualTo(result.usage().outputTokens());
      assertThat(tally.usage().costUsd()).isCloseTo(result.usage().costUsd(), within(EXACT));
      assertThat(result.repositories().stream().mapToLong(row -> row.usage().inputTokens()).sum())
          .isEqualTo(result.usage().inputTokens());
      assertThat(result.repositories().stream().mapToDouble(BatchRow::costUsd).sum())
          .isCloseTo(result.usage().costUsd(), within(EXACT));
    }

    private void assertPool() {
      SandboxPoolWorkflow pool =
          fleet.client().newWorkflowStub(SandboxPoolWorkflow.class, Fleet.DEFAULT.poolWorkflowId());
      Waiting.until("the pool holds nothing", SOON, () -> pool.status().total() == 0);
      assertThat(pool.status().leaked()).isZero();
      try {
        WorkflowReplayer.replayWorkflowExecution(
            fleet.client().fetchHistory(Fleet.DEFAULT.poolWorkflowId()),
            SandboxPoolWorkflowImpl.class);
      } catch (Exception e) {
        throw new AssertionError("the pool decides otherwise in a replay", e);
      }
    }
  }
}
