package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.starter.it.CuttingProxy.Direction;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.progress.BatchStatus;
import io.temporal.client.WorkflowFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGSTOP for the worker that is just doing one certain thing, until another one has taken over,
 * then SIGCONT; at sixteen moments of a review. They are exact: a worker is stopped by its own
 * request to the sandbox server, before that has seen it.
 *
 * <p>What has no heartbeat of seconds is tried again only after minutes. In the short form such a
 * worker just goes on after a while; in the long form ({@link Attack#LONG}) not before another one
 * has brought the batch to its end.
 */
@Timeout(value = 180, unit = TimeUnit.MINUTES)
@Tag("long")
class WorkerStoppedIT {
  private static final int EXTRA_TURNS = 3;
  private static final String NAME = "granite";
  private static final Duration DELAY = Duration.ofMillis(1500);
  private static final Duration HURRY = Duration.ofMillis(100);

  /** In which one who wakes up late has done what it still does, and looked for what it left. */
  private static final Duration LATE_DEEDS = Duration.ofSeconds(10);

  private static final Duration OFTEN = Duration.ofSeconds(2);
  private static final Pattern START = Pattern.compile("\"args\":\\[\"start\"");
  private static final Pattern STOP = Pattern.compile("\"args\":\\[\"stop\"");

  /**
   * A moment in a review.
   *
   * @param name of the moment and of the batch
   * @param request that is under way then
   * @param activity that another worker takes over
   * @param givenUpAfter so long without a word of its worker: {@code ActivityStubs}
   * @param held the request reaches the server only when the worker goes on: too late
   */
  private record Moment(
      String name, Pattern request, String activity, Duration givenUpAfter, boolean held) {

    /** While an agent is followed. */
    static Moment run(String name, String request, boolean held) {
      return new Moment(name, Pattern.compile(request), "Run", AttackedFleet.HEARTBEAT, held);
    }

    /** In a step that has minutes: too late for it. */
    static Moment step(String name, String request, String activity, int minutes) {
      return new Moment(
          name, Pattern.compile(request), activity, Duration.ofMinutes(minutes), true);
    }

    boolean beats() {
      return givenUpAfter.equals(AttackedFleet.HEARTBEAT);
    }
  }

  private static final List<Moment> RUNS =
      List.of(
          new Moment("before-the-start", START, "Run", AttackedFleet.HEARTBEAT, true),
          Moment.run("in-mid-follow", "\"args\":\\[\"await\"", false),
          Moment.run("in-a-checkpoint", "snapshot\\.sh\"", false),
          Moment.run("at-upload", "GET /files\\?\\S*\\.claude", false));

  private static final List<Moment> STEPS =
      List.of(
          Moment.step("at-lease", "POST /v2/sandboxes HTTP", "Lease", 3),
          beating("at-clone", "\"clone\\.sh\"", "Clone"),
          Moment.step("at-prepare", "/run\\.sh\\.[0-9a-f-]{36}", "Prepare", 5),
          Moment.step("at-judging", "\"commit-files\\.sh\"", "Review", 1),
          Moment.step("at-diff", "\"tree\\.sh\",\"diff\"", "Diff", 5),
          Moment.step("at-release", "DELETE /sandboxes/", "Release", 2));

  /** Whose late deed would meet an agent at work. */
  private static final List<Moment> BEFORE_AN_AGENT =
      List.of(
          beating("clone-under-an-agent", "\"clone\\.sh\"", "Clone"),
          beating("base-under-an-agent", "\"tree\\.sh\",\"base\"", "Clone"),
          Moment.step("script-under-an-agent", "/run\\.sh\\.[0-9a-f-]{36}", "Prepare", 5),
          Moment.step("fence-under-an-agent", "prepare\\.sh\",\"place\"", "Prepare", 5));

  /** In a step that tells of itself every few seconds: too late for it. */
  private static Moment beating(String name, String request, String activity) {
    return new Moment(name, Pattern.compile(request), activity, Duration.ofSeconds(30), true);
  }

  @TempDir Path folder = Path.of("");

  @Test
  void whoever_followed_an_agent_and_wakes_up_late_changes_nothing() {
    Attack attack = Attack.begin("WorkerStoppedIT");
    try (AttackedFleet attacked = fleet()) {
      Undisturbed calm = attacked.undisturbed();
      for (Moment moment : RUNS) {
        StartedBatch batch =
            attacked.begin(
                moment.name(),
                DELAY,
                attacked.repositories(),
                new StartedBatch.Start("security", AttackedFleet.HEARTBEAT, OFTEN));
        stoppedAt(attacked, batch, moment, attack);
        calm.assertSame(attacked, batch);
      }
      StartedBatch claimed = attacked.begin("after-the-claim", DELAY);
      AttackedWorker stopped = stopAfterTheClaim(attacked);
      takenOver(claimed, stopped, RUNS.get(0), attack);
      wake(stopped);
      assertThat(claimed.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
      calm.assertSame(attacked, claimed);
    }
  }

  @Test
  void whoever_was_in_a_step_before_or_after_the_agent_and_wakes_up_late_changes_nothing() {
    Attack attack = Attack.begin("WorkerStoppedIT");
    try (AttackedFleet attacked = fleet()) {
      Undisturbed calm = attacked.undisturbed();
      for (Moment moment : STEPS) {
        StartedBatch batch = attacked.begin(moment.name(), HURRY);
        stoppedAt(attacked, batch, moment, attack);
        calm.assertSame(attacked, batch);
      }
    }
  }

  /** The short form leaves out what another worker takes over after minutes only. */
  @Test
  void whoever_wakes_up_late_under_an_agent_that_has_changed_files_changes_nothing() {
    Attack attack = Attack.begin("WorkerStoppedIT");
    try (AttackedFleet attacked = fleet()) {
      Undisturbed calm = attacked.undisturbed();
      for (Moment moment : BEFORE_AN_AGENT) {
        if (moment.activity().equals("Prepare") && !isLong(attack)) {
          continue;
        }
        StartedBatch batch = attacked.begin(moment.name(), DELAY);
        AttackedWorker stopped = await(trap(attacked, batch, moment), moment.name());
        awaitChangedFile(attacked, moment);
        wake(stopped);
        assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
        calm.assertSame(attacked, batch);
      }
    }
  }

  /** Another worker has taken over, and its agent has written a file since the clone. */
  private static void awaitChangedFile(AttackedFleet attacked, Moment moment) {
    Waiting.until(
        "an agent has changed a file",
        moment.givenUpAfter().plus(Waiting.LONG),
        () ->
            attacked.fleet().sandboxes().stream()
                .map(sandbox -> attacked.fleet().sandboxRoot(sandbox.sandboxId()))
                .anyMatch(root -> hasChangedFile(root.resolve("home/user"))));
  }

  private static boolean hasChangedFile(Path home) {
    Path repository = home.resolve("repo");
    try (Stream<Path> files = Files.walk(repository)) {
      FileTime cloned = Files.getLastModifiedTime(home.resolve(".repofleet-cloned"));
      List<Path> looked =
          files.filter(file -> !file.startsWith(repository.resolve(".git"))).toList();
      for (Path file : looked) {
        if (Files.isRegularFile(file) && Files.getLastModifiedTime(file).compareTo(cloned) > 0) {
          return true;
        }
      }
      return false;
    } catch (IOException | UncheckedIOException notThereYet) {
      return false;
    }
  }

  @Test
  void a_stop_that_comes_late_leaves_a_cancelled_row_and_nothing_else() {
    Attack attack = Attack.begin("WorkerStoppedIT");
    try (AttackedFleet attacked = fleet()) {
      StartedBatch batch = attacked.begin("at-stop", DELAY);
      Waiting.until(
          "the agent is at work", Waiting.LONG, () -> attacked.ledger().totals().answered() >= 2);
      Moment moment = new Moment("at-stop", STOP, "Stop", Duration.ofMinutes(2), true);
      AtomicReference<AttackedWorker> caught = trap(attacked, batch, moment);
      batch.workflow().cancel();
      AttackedWorker stopped = await(caught, moment.name());
      takenOver(batch, stopped, moment, attack);
      wake(stopped);
      awaitFailed(batch);
      JsonNode row = batch.results().rows().get(0);
      assertThat(row.path("status").asText()).isEqualTo("cancelled");
      Undisturbed.assertClean(attacked, batch);
    }
  }

  private AttackedFleet fleet() {
    return new AttackedFleet(
        new AttackedFleet.Setup("WorkerStoppedIT", folder, List.of(NAME), 2, EXTRA_TURNS));
  }

  /** To the end of the batch, and of what the one who wakes up late still does. */
  private static void stoppedAt(
      AttackedFleet attacked, StartedBatch batch, Moment moment, Attack attack) {
    AttackedWorker stopped = await(trap(attacked, batch, moment), moment.name());
    takenOver(batch, stopped, moment, attack);
    boolean afterTheEnd = !moment.beats() && isLong(attack);
    if (afterTheEnd) {
      batch.awaitOutcome(Waiting.LONG);
    }
    wake(stopped);
    assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
    if (afterTheEnd) {
      Attack.waitFor(LATE_DEEDS);
    }
  }

  private static boolean isLong(Attack attack) {
    return attack.ofLong(1, 0) == 1;
  }

  private static void awaitFailed(StartedBatch batch) {
    try {
      batch.awaitOutcome(Waiting.LONG);
    } catch (WorkflowFailedException expected) {
      assertThat(expected).hasStackTraceContaining("cancelled");
    }
  }

  /** The first of the workers that sends this, while it does that activity, stops there. */
  private static AtomicReference<AttackedWorker> trap(
      AttackedFleet attacked, StartedBatch batch, Moment moment) {
    AtomicReference<AttackedWorker> caught = new AtomicReference<>();
    for (AttackedWorker worker : attacked.workers().alive()) {
      CuttingProxy link = worker.links().sandboxes();
      link.trap(
          moment.request(),
          () -> {
            if (!has(batch, worker, moment.activity())) {
              return false;
            }
            if (caught.compareAndSet(null, worker)) {
              if (moment.held()) {
                link.cut(Direction.TO_SERVER);
              }
              worker.process().stop();
            }
            return true;
          });
    }
    return caught;
  }

  private static boolean has(StartedBatch batch, AttackedWorker worker, String activity) {
    return batch
        .begun(batch.keys().get(0), activity)
        .filter(begun -> worker.is(begun.getLastWorkerIdentity()))
        .isPresent();
  }

  private static AttackedWorker await(AtomicReference<AttackedWorker> caught, String moment) {
    Waiting.until(
        "a worker comes to the moment " + moment, Waiting.LONG, () -> caught.get() != null);
    return Objects.requireNonNull(caught.get());
  }

  /** The sandbox has the claim, the worker never learns of it. */
  private static AttackedWorker stopAfterTheClaim(AttackedFleet attacked) {
    AtomicReference<AttackedWorker> caught = new AtomicReference<>();
    for (AttackedWorker worker : attacked.workers().alive()) {
      CuttingProxy link = worker.links().sandboxes();
      link.trap(
          START,
          () -> {
            if (caught.compareAndSet(null, worker)) {
              link.cut(Direction.TO_CLIENT);
            }
            return true;
          });
    }
    AttackedWorker worker = await(caught, "after the claim");
    Waiting.until(
        "the run is claimed",
        Waiting.LONG,
        () ->
            attacked.fleet().sandboxes().stream()
                .anyMatch(
                    sandbox ->
                        Files.exists(
                            attacked
                                .fleet()
                                .sandboxRoot(sandbox.sandboxId())
                                .resolve("var/lib/repofleet/runs/0.0.0"))));
    worker.process().stop();
    return worker;
  }

  /** Until another worker follows, or the step is no longer the one's that stands still. */
  private static void takenOver(
      StartedBatch batch, AttackedWorker stopped, Moment moment, Attack attack) {
    if (!moment.beats() && !isLong(attack)) {
      Attack.waitFor(AttackEvents.PAST_HEARTBEAT);
      return;
    }
    Duration after =
        Waiting.until(
            "another worker takes over from " + stopped.name(),
            moment.givenUpAfter().plus(Waiting.LONG),
            () ->
                moment.beats()
                    ? batch
                        .begun(batch.keys().get(0), moment.activity())
                        .filter(run -> !stopped.is(run.getLastWorkerIdentity()))
                        .isPresent()
                    : !has(batch, stopped, moment.activity()));
    System.out.printf(
        "%s: %s taken over from %s after %.1f s%n",
        batch.batch(), moment.activity(), stopped.name(), after.toMillis() / 1e3);
    Attack.waitFor(Duration.ofSeconds(1));
  }

  /** What it had sent arrives first, then it goes on. */
  private static void wake(AttackedWorker stopped) {
    stopped.links().heal();
    stopped.process().resume();
  }
}
