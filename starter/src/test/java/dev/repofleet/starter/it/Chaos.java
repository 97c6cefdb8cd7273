package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.starter.it.CuttingProxy.Direction;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.testing.TestProgram.Outcome;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.batch.BatchControl;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.pool.SandboxPoolWorkflow;
import dev.repofleet.workflows.pool.SandboxPoolWorkflowImpl;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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

  private static final int TOKENS_OF_A_MESSAGE = 100;
  private static final int NAMES = 4;

  /** Sums of dollars are rounded. */
  private static final double EXACT = 1e-7;

  /** Done; refused with a sentence; nobody has answered, and it may have taken effect. */
  private static final List<Integer> ANSWERS = List.of(0, 2, 5);

  private final Attack attack;
  private final SimulatedFleet fleet;
  private final Form form;
  private final List<String> more;

  /** Keys whose agents may have been stopped. */
  private final Set<String> cancelled = new HashSet<>();

  /** Keys whose agents may have been lost: what those said last is in no usage. */
  private final Set<String> harmed = new HashSet<>();

  /** Keys whose reviews were ended from outside. */
  private final Set<String> terminated = new HashSet<>();

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
      round.assertWhole();
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
            .filter(sandbox -> !harmed.contains(keyOf(sandbox)))
            .toList();
    if (!there.isEmpty()) {
      SandboxInfo chosen = attack.one(there);
      harmed.add(keyOf(chosen));
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
        .filter(key -> !harmed.contains(key) && !cancelled.contains(key))
        .toList();
  }

  private void resetAReview() {
    List<String> running = running();
    if (!running.isEmpty()) {
      String key = attack.one(running);
      harmed.add(key);
      double where = attack.next(100) / 99.0;
      fleet.parts().reset(Fleet.reviewWorkflowId(BATCH, key), where);
    }
  }

  private void terminateAReview() {
    List<String> running = running();
    if (!running.isEmpty()) {
      String key = attack.one(running);
      terminated.add(key);
      harmed.add(key);
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

  private void assertWhole() {
    BatchOutcome outcome = fleet.awaitOutcome(BATCH, Waiting.LONG);
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
    Waiting.until(
        "no sandbox is left",
        form.patient() ? REAPED : Waiting.LONG,
        () -> fleet.account().sandboxes().isEmpty());
    assertPool();
    Histories histories = Histories.of(fleet.client(), BATCH, begun(result));
    histories.assertReplay();
    PlantedSecret key = new PlantedSecret("the sandboxes' key", fleet.parts().key());
    histories.assertWithout(List.of(key));
    key.assertAbsentFrom("the workers' output", fleet.parts().logs(fleet.workers().processes()));
    result.repositories().forEach(row -> assertArtifacts(row.key()));
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

  /** What a result refers to is there, as it was written. */
  private void assertArtifacts(String key) {
    fleet
        .records(BATCH)
        .result(key)
        .map(RepositoryResult::files)
        .ifPresent(
            files ->
                Stream.of(
                        files.transcript(),
                        files.patch(),
                        files.sarif(),
                        files.events(),
                        files.log())
                    .filter(Objects::nonNull)
                    .forEach(ref -> assertThat(read(ref)).as(ref.uri()).isTrue()));
  }

  private boolean read(ArtifactRef ref) {
    try (InputStream in = fleet.records(BATCH).store().open(ref)) {
      in.transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(ref.uri() + " can't be read", e);
    }
  }

  private void assertRow(BatchRow row) {
    if ("not_started".equals(row.cause())) {
      assertThat(row.status()).isEqualTo(RepositoryStatus.CANCELLED);
      assertThat(row.usage().inputTokens()).isZero();
      return;
    }
    if (terminated.contains(row.key()) && fleet.records(BATCH).result(row.key()).isEmpty()) {
      assertThat(row.status()).as(row.toString()).isEqualTo(RepositoryStatus.FAILED);
      return;
    }
    RepositoryResult review = fleet.review(BATCH, row.key());
    assertThat(review.status()).as(row.key()).isEqualTo(row.status());
    assertThat(review.usage()).as(row.key()).isEqualTo(row.usage());
    if (cancelled.contains(row.key()) || terminated.contains(row.key())) {
      assertThat(row.usage().inputTokens()).isLessThanOrEqualTo(said(review));
    } else if (harmed.contains(row.key())) {
      assertThat(row.status()).as(row.toString()).isEqualTo(RepositoryStatus.COMPLETE);
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
        .flatMap(key -> fleet.records(BATCH).result(key).stream())
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
    Waiting.until("the pool holds nothing", Waiting.LONG, () -> pool.status().total() == 0);
    assertThat(pool.status().leaked()).isZero();
    try {
      Replay.of(
          fleet.client().fetchHistory(Fleet.DEFAULT.poolWorkflowId()),
          SandboxPoolWorkflowImpl.class);
    } catch (Exception e) {
      throw new AssertionError("the pool decides otherwise in a replay", e);
    }
  }
}
