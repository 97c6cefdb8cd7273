package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.local.fault.Fault;
import dev.repofleet.e2b.local.fault.FaultKind;
import dev.repofleet.e2b.local.fault.FaultRoute;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.pool.SandboxPoolWorkflow;
import dev.repofleet.workflows.pool.SandboxPoolWorkflowImpl;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Warm sandboxes, and those that are used again, in real processes: two batches over the same
 * repositories, while answers are lost, sandboxes die on the shelf and at work, and workers and the
 * server are killed.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
@Tag("long")
class WarmSandboxesUnderAttackIT {
  private static final int WORKERS = 3;
  private static final int PLACES = 6;
  private static final int RATE = 5;

  /** Each command in a sandbox begins so late, so that a review lasts long enough to be met. */
  private static final Duration SLOW = Duration.ofMillis(300);

  private static final Pattern LEAKED =
      Pattern.compile("(?m)^repofleet_sandboxes_leaked\\S* (\\S+)$");

  @TempDir Path folder = Path.of("");

  @Test
  void no_sandbox_is_two_reviews_at_once_and_none_is_left() throws IOException {
    Prerequisites.requireSandboxes();
    Attack attack = Attack.begin("WarmSandboxesUnderAttackIT");
    List<String> names = Attack.names(4);
    names.forEach(name -> SmallRepositories.commit(folder, name));
    Files.writeString(
        folder.resolve("asking.yaml"),
        """
        prompt: Review this repository for the rules.
        rules: [hardcoded-secret, command-injection]
        followUps:
          - prompt: Fix the first of the findings.
            when: always
            approval: required
        """);
    try (LocalAccount account = LocalAccount.real(folder.resolve("sandboxes"), PLACES, RATE);
        SeparateFleet fleet = new SeparateFleet("WarmSandboxesUnderAttackIT", folder, account);
        FleetWorkers workers = new FleetWorkers(fleet, WORKERS, 10)) {
      new Round(attack, account, fleet, workers, names).run();
    }
  }

  private final class Round {
    private final Attack attack;
    private final LocalAccount account;
    private final SeparateFleet fleet;
    private final FleetWorkers workers;
    private final List<String> names;
    private final List<StartedBatch> batches = new ArrayList<>();
    private final WorkflowClient client;
    private final SandboxPoolWorkflow pool;

    Round(
        Attack attack,
        LocalAccount account,
        SeparateFleet fleet,
        FleetWorkers workers,
        List<String> names) {
      this.attack = attack;
      this.account = account;
      this.fleet = fleet;
      this.workers = workers;
      this.names = names;
      this.client = fleet.temporal().client();
      this.pool = client.newWorkflowStub(SandboxPoolWorkflow.class, Fleet.DEFAULT.poolWorkflowId());
    }

    void run() {
      account.fail(
          Fault.of(FaultKind.LATENCY).on(FaultRoute.START).latency(SLOW, SLOW).always().build());
      loseAnAnswer();
      set("--maximum", "" + PLACES, "--minimum-idle", "claude=2", "--reuse", "repository");
      awaitWarm(2);

      said("a warm sandbox dies, unseen");
      account.kill(attack.one(account.sandboxes()).sandboxId());
      loseAnAnswer();
      StartedBatch first = begin("first", "security", names.subList(0, 3));
      killAWorker();
      killASandboxAtWork(first);
      killTheServer();
      Waiting.until(
          "a review has ended",
          Waiting.LONG,
          () -> first.keys().stream().anyMatch(first::hasEnded));

      set("--idle", "paused");
      StartedBatch second = begin("second", "asking.yaml", names);
      killAWorker();
      first.awaitOutcome(Waiting.LONG);
      awaitQuestions(second);
      program("approve", "second", "amber", "birch", "cedar", "dune");
      killASandboxAtWork(second);
      second.awaitOutcome(Waiting.LONG);

      account.heal();
      set("--minimum-idle", "claude=0", "--reuse", "none");
      assertAll();
    }

    private void said(String what) {
      System.out.println(what);
    }

    private void loseAnAnswer() {
      account.fail(Fault.of(FaultKind.LOST_ANSWER).on(FaultRoute.CREATE).build());
    }

    private String program(String... arguments) {
      TestProgram program = new TestProgram(folder);
      fleet.environment().forEach(program::with);
      TestProgram.Outcome outcome = program.run(arguments);
      assertThat(outcome.exit()).as(outcome.err()).isZero();
      return outcome.out() + outcome.err();
    }

    private void set(String... settings) {
      said(
          program(
              Stream.concat(Stream.of("pool", "set"), Stream.of(settings)).toArray(String[]::new)));
    }

    private void awaitWarm(int count) {
      Waiting.until(
          count + " sandboxes are warm",
          Waiting.LONG,
          () -> pool.status().warm() == count && account.sandboxes().size() == count);
    }

    private StartedBatch begin(String batch, String plan, List<String> repositories) {
      StartedBatch begun =
          StartedBatch.begin(
              fleet,
              folder,
              batch,
              repositories,
              new StartedBatch.Start(
                  plan, AgentKind.REHEARSAL, AttackedFleet.HEARTBEAT, Duration.ofSeconds(2)));
      batches.add(begun);
      return begun;
    }

    /**
     * One that follows an agent and does nothing else: other activities have no heartbeat, and what
     * a dead worker had of them is tried again only after minutes. What it begins after the look
     * is: then the test takes minutes longer.
     */
    private void killAWorker() {
      List<AttackedWorker> follows = new ArrayList<>();
      Waiting.until(
          "a worker does nothing but follow agents",
          Waiting.LONG,
          () -> {
            List<PendingActivityInfo> pending = new ArrayList<>();
            batches.forEach(
                batch -> batch.keys().forEach(key -> pending.addAll(batch.pendingIfBegun(key))));
            pending.addAll(fleet.pending(Fleet.DEFAULT.poolWorkflowId()));
            follows.clear();
            for (AttackedWorker worker : workers.alive()) {
              List<String> does =
                  pending.stream()
                      .filter(one -> worker.is(one.getLastWorkerIdentity()))
                      .map(one -> one.getActivityType().getName())
                      .distinct()
                      .toList();
              if (does.equals(List.of("Run"))) {
                follows.add(worker);
              }
            }
            return !follows.isEmpty();
          });
      AttackedWorker worker = attack.one(follows);
      said("kill -9 of " + worker.name());
      workers.killAndReplace(worker);
    }

    private void killASandboxAtWork(StartedBatch batch) {
      List<SandboxUse> atWork = new ArrayList<>();
      Waiting.until(
          "an agent works",
          Waiting.LONG,
          () -> {
            List<String> running =
                batch.keys().stream()
                    .filter(key -> batch.begun(key, "Run").isPresent())
                    .map(batch::reviewId)
                    .toList();
            atWork.clear();
            SandboxUse.of(client, running).stream()
                .filter(use -> use.to() == null)
                .forEach(atWork::add);
            return !atWork.isEmpty();
          });
      SandboxUse use = attack.one(atWork);
      said("sandbox " + use.sandboxId() + " of " + use.review() + " dies");
      account.kill(use.sandboxId());
    }

    private void killTheServer() {
      said("the Temporal server is killed");
      fleet.temporalServer().kill();
      fleet.temporalServer().restart();
    }

    private void awaitQuestions(StartedBatch batch) {
      Waiting.until(
          "all wait for an answer",
          Waiting.LONG,
          () ->
              program("status", batch.batch())
                      .lines()
                      .filter(line -> line.contains("waits for an answer"))
                      .count()
                  == batch.keys().size());
    }

    private void assertAll() {
      Waiting.until("no sandbox is left", Waiting.LONG, () -> account.sandboxes().isEmpty());
      Waiting.until("the pool holds nothing", Waiting.LONG, () -> holdsNothing());
      for (StartedBatch batch : batches) {
        List<JsonNode> rows = batch.results().rows();
        assertThat(rows).hasSize(batch.keys().size());
        assertThat(rows)
            .filteredOn(row -> !row.path("status").asText().equals("complete"))
            .allSatisfy(row -> assertThat(row.path("cause").asText()).isEqualTo("sandbox_lost"));
        batch.histories().assertReplay();
      }
      assertPoolReplays();
      List<SandboxUse> uses =
          SandboxUse.of(
              client,
              batches.stream()
                  .flatMap(batch -> batch.keys().stream().map(batch::reviewId))
                  .toList());
      SandboxUse.assertOneAtATime(uses);
      var bySandbox = SandboxUse.bySandbox(uses).values();
      long fromTheStock = bySandbox.stream().filter(of -> of.get(0).handed()).count();
      long again = bySandbox.stream().mapToLong(of -> of.size() - 1).sum();
      System.out.printf(
          "%d leases: %d of warm sandboxes, %d of sandboxes used again; %d created, at most %d at"
              + " once and %d in a second%n",
          uses.size(),
          fromTheStock,
          again,
          account.statistics().created(),
          account.statistics().mostAtOnce(),
          account.statistics().mostInASecond());
      assertThat(fromTheStock).as("warm sandboxes that were used").isPositive();
      assertThat(again).as("sandboxes that were used again").isPositive();
      assertThat(account.statistics().mostAtOnce()).isLessThanOrEqualTo(PLACES);
      assertThat(account.statistics().refusedForQuota()).as("beyond the quota").isZero();
      assertThat(account.statistics().refusedForRate()).as("beyond the rate").isZero();
      assertThat(program("sandboxes", "list")).contains("holds no sandbox");
      workers.alive().forEach(this::assertNothingLeaked);
    }

    private void assertPoolReplays() {
      try {
        Replay.of(
            client.fetchHistory(Fleet.DEFAULT.poolWorkflowId()), SandboxPoolWorkflowImpl.class);
      } catch (Exception e) {
        throw new AssertionError("the pool decides otherwise in a replay", e);
      }
    }

    private boolean holdsNothing() {
      var status = pool.status();
      return status.total() == 0
          && status.warm() == 0
          && status.parked() == 0
          && status.leaked() == 0;
    }

    /** Its last look may have met a sandbox that was being deleted, and holds for five minutes. */
    private void assertNothingLeaked(AttackedWorker worker) {
      Waiting.until(
          worker.name() + " sees nothing leaked",
          Duration.ofMinutes(6),
          () ->
              LEAKED
                  .matcher(SeparateFleet.get(fleet.polling(worker.process()).metrics()))
                  .results()
                  .allMatch(gauge -> Double.parseDouble(gauge.group(1)) == 0));
    }
  }
}
