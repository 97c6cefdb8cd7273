package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.starter.it.BatchAfterChaos.Harm;
import dev.repofleet.starter.it.CuttingProxy.Direction;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.testing.TestProgram.Outcome;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.BatchControl;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.progress.BatchStatus;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One batch that people control without pause, while all that can go wrong does: workers are
 * killed, stopped and cut off, the server is killed, sandboxes are deleted, the account fails,
 * reviews are reset and terminated as the UI's buttons do. All in an order out of a seed.
 *
 * <p>Whatever happened, in the end each target has one result, all money is counted once, nothing
 * is left running, no artifact is lost, no secret is anywhere, and every history decides again as
 * it did. For one thread.
 */
public final class Chaos {
  private static final String BATCH = "random";
  private static final Duration AGENT = Duration.ofSeconds(1);
  private static final Duration APART = Duration.ofSeconds(3);

  /** For how long the moment to kill a worker is looked for. */
  private static final Duration MOMENT = Duration.ofMinutes(1);

  /** In which a worker that stood still finishes something. */
  private static final Duration BREATH = Duration.ofMillis(100);

  private static final Duration END = Duration.ofMinutes(20);

  /** What a terminated review leaves is found by those who look for it every few minutes. */
  private static final Duration REAPED = Duration.ofMinutes(15);

  /** Longer than a heartbeat may be late, and some seconds in which another worker takes over. */
  private static final Duration PAST_HEARTBEAT = SimulatedBatch.HURRIED.plusSeconds(3);

  private static final int NAMES = 4;

  /** Done; refused with a sentence; nobody has answered, and it may have taken effect. */
  private static final List<Integer> ANSWERS = List.of(0, 2, 5);

  private final Attack attack;
  private final SimulatedFleet fleet;
  private final Form form;
  private final List<String> more;

  private final Harm harm = new Harm(new HashSet<>(), new HashSet<>(), new HashSet<>());

  private final List<Piece> pieces;

  private Chaos(Attack attack, SimulatedFleet fleet, Form form, List<String> more) {
    this.attack = attack;
    this.fleet = fleet;
    this.form = form;
    this.more = new ArrayList<>(more);
    List<Piece> all =
        new ArrayList<>(
            List.of(
                new Piece("pause", () -> command("pause", BATCH)),
                new Piece("resume", () -> command("resume", BATCH)),
                new Piece("set", this::set),
                new Piece("retry", () -> command(verb("retry", some(3)))),
                new Piece("retry --failed", () -> command("retry", BATCH, "--failed")),
                new Piece("cancel", this::cancel),
                new Piece("add", this::add),
                new Piece("kill -9 of a worker", this::killAWorker),
                new Piece("kill -9 of the server", this::killTheServer)));
    if (form.patient()) {
      all.addAll(
          List.of(
              new Piece("SIGSTOP of a worker past its heartbeat, SIGCONT", this::stopAWorker),
              new Piece(
                  "workers and Temporal: nothing to the server",
                  () -> cut(true, Direction.TO_SERVER)),
              new Piece("workers and Temporal: no answers", () -> cut(true, Direction.TO_CLIENT)),
              new Piece("workers and sandboxes: no answers", () -> cut(false, Direction.TO_CLIENT)),
              new Piece("all connections of a worker break", this::reset),
              new Piece("the account fails", () -> fleet.account().fail(attack.next(1 << 20))),
              new Piece("the account is well again", () -> fleet.account().heal())));
      all.add(new Piece("a sandbox is deleted", this::deleteASandbox));
      all.add(new Piece("a review is reset", this::resetAReview));
      all.add(new Piece("a review is terminated", this::terminateAReview));
    }
    this.pieces = List.copyOf(all);
  }

  /**
   * How much of it.
   *
   * @param repositories in the batch
   * @param window of them at once
   * @param workers how many
   * @param events that happen
   * @param patient whether what is made good only after minutes may happen too: cuts, stops,
   *     faults, lost sandboxes, resets
   */
  public record Form(int repositories, int window, int workers, int events, boolean patient) {
    /** Some minutes. */
    public static final Form SHORT = new Form(60, 8, 2, 14, false);

    /** Some more, with everything. */
    public static final Form WHOLE = new Form(120, 12, 3, 30, true);
  }

  /**
   * Runs one batch to its end.
   *
   * @param name of the folder of the logs
   * @param folder for everything
   * @throws AssertionError when something does not hold
   */
  public static void run(String name, Path folder, long seed, Form form) {
    Attack attack = Attack.of(name, seed);
    List<String> more = Attack.names(NAMES);
    more.forEach(each -> SmallRepositories.commit(folder, each));
    try (SimulatedFleet fleet = new SimulatedFleet(name, folder, AGENT, form.workers())) {
      fleet.begin(
          new SimulatedBatch.Work(BATCH, form.repositories(), form.window())
              .with(
                  SimulatedBatch.plan()
                      .followUps(List.of(new FollowUp("Look once more.", "always", Approval.NONE)))
                      .build()));
      Waiting.until("the batch works", Waiting.LONG, () -> fleet.agents().atWork() > 0);
      Chaos round = new Chaos(attack, fleet, form, more);
      for (int event = 0; event < form.events(); event++) {
        attack.pause(APART);
        round.happen();
      }
      fleet.account().heal();
      round.awaitEnd();
      new BatchAfterChaos(fleet, BATCH, round.harm)
          .assertWhole(form.patient() ? REAPED : Waiting.LONG);
    }
  }

  /** An event with the name that is printed. */
  private record Piece(String name, Runnable event) {}

  private void happen() {
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
        .mapToObj(each -> attack.next(form.repositories()))
        .distinct()
        .toList();
  }

  private void set() {
    command("set", BATCH, "--concurrency", "" + (1 + attack.next(2 * form.window())));
  }

  private void cancel() {
    List<Integer> chosen = new ArrayList<>(some(3));
    fleet.progress(BATCH).running().stream()
        .map(running -> running.index())
        .filter(index -> index < form.repositories())
        .findFirst()
        .ifPresent(chosen::add);
    chosen.forEach(index -> harm.cancelled().add(SimulatedBatch.key(BATCH, index)));
    command(verb("cancel", chosen.stream().distinct().toList()));
  }

  private void add() {
    if (!more.isEmpty()) {
      command("add", BATCH, more.remove(0));
    }
  }

  /**
   * One that does nothing but follow agents: what a dead worker had of other activities is tried
   * again only after minutes. It is looked at while it stands still, so that it begins nothing. A
   * worker to which a task was given while the server died has it for minutes, without knowing:
   * then another one is killed, or none.
   */
  private void killAWorker() {
    Waiting.until("all workers poll", Waiting.LONG, fleet.workers()::allPoll);
    if (form.patient()) {
      fleet.workers().killAndReplace(attack.one(fleet.workers().alive()));
      return;
    }
    long begin = System.nanoTime();
    int next = attack.next(form.workers());
    while (System.nanoTime() - begin < MOMENT.toNanos()) {
      List<AttackedWorker> alive = fleet.workers().alive();
      if (killedWhileItFollows(alive.get(next % alive.size()))) {
        return;
      }
      next++;
    }
    System.out.println("  no worker does nothing but follow agents, none is killed");
  }

  private boolean killedWhileItFollows(AttackedWorker worker) {
    worker.process().stop();
    boolean follows = false;
    try {
      follows = followsOnly(worker);
    } finally {
      if (!follows) {
        worker.process().resume();
      }
    }
    if (follows) {
      fleet.workers().killAndReplace(worker);
    } else {
      Attack.waitFor(BREATH);
    }
    return follows;
  }

  private void stopAWorker() {
    AttackedWorker worker = attack.one(fleet.workers().alive());
    worker.process().stop();
    Attack.waitFor(PAST_HEARTBEAT);
    worker.process().resume();
  }

  private void cut(boolean temporal, Direction direction) {
    List<AttackedWorker> workers = fleet.workers().alive();
    workers.forEach(
        worker ->
            (temporal ? worker.links().temporal() : worker.links().sandboxes()).cut(direction));
    Attack.waitFor(PAST_HEARTBEAT);
    workers.forEach(worker -> worker.links().heal());
  }

  private void reset() {
    AttackedWorker worker = attack.one(fleet.workers().alive());
    worker.links().temporal().reset();
    worker.links().sandboxes().reset();
  }

  private void deleteASandbox() {
    List<String> targets = running();
    List<SandboxInfo> there =
        fleet.account().sandboxesIfSaid().stream()
            .filter(sandbox -> targets.contains(keyOf(sandbox)))
            .filter(sandbox -> !harm.lost().contains(keyOf(sandbox)))
            .toList();
    if (!there.isEmpty()) {
      SandboxInfo chosen = attack.one(there);
      harm.lost().add(keyOf(chosen));
      fleet.account().kill(chosen.sandboxId());
    }
  }

  private static String keyOf(SandboxInfo sandbox) {
    String review = sandbox.metadata().getOrDefault(LeaseLabels.WORKFLOW, "");
    return review.substring(review.lastIndexOf('/') + 1);
  }

  /** Keys of reviews that nothing has harmed yet. */
  private List<String> running() {
    return fleet.progress(BATCH).running().stream()
        .map(running -> SimulatedBatch.key(BATCH, running.index()))
        .filter(key -> !harm.lost().contains(key) && !harm.cancelled().contains(key))
        .toList();
  }

  private void resetAReview() {
    List<String> running = running();
    if (!running.isEmpty()) {
      String key = attack.one(running);
      harm.lost().add(key);
      double where = attack.next(100) / 99.0;
      fleet.parts().reset(Fleet.reviewWorkflowId(BATCH, key), where);
    }
  }

  private void terminateAReview() {
    List<String> running = running();
    if (!running.isEmpty()) {
      String key = attack.one(running);
      harm.terminated().add(key);
      harm.lost().add(key);
      fleet
          .client()
          .newUntypedWorkflowStub(Fleet.reviewWorkflowId(BATCH, key))
          .terminate("as the button does");
    }
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
        .filter(
            activity ->
                activity.getState() != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED)
        .filter(activity -> worker.is(activity.getLastWorkerIdentity()))
        .map(PendingActivityInfo::getActivityType)
        .allMatch(type -> type.getName().equals("Run"));
  }

  private void killTheServer() {
    fleet.parts().temporalServer().kill();
    fleet.parts().temporalServer().restart();
    Waiting.until("a worker answers", Waiting.LONG, this::answers);
  }

  private boolean answers() {
    return progress().isPresent();
  }

  /** Nothing while no worker polls: a killed one's successor is on its way. */
  private Optional<BatchProgress> progress() {
    try {
      return Optional.of(fleet.progress(BATCH));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private void awaitEnd() {
    Waiting.until("the batch ends", END, () -> progress().filter(this::hasEnded).isPresent());
  }

  private boolean hasEnded(BatchProgress now) {
    BatchControl control = now.control();
    if (control != null && control.paused()) {
      command("resume", BATCH);
    }
    return now.status() != BatchStatus.RUNNING;
  }
}
