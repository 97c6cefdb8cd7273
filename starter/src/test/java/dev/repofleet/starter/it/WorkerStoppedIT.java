package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.starter.it.CuttingProxy.Direction;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.workflows.batch.BatchStatus;
import io.temporal.client.WorkflowFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGSTOP for the worker that is just doing one certain thing, until another one has taken over,
 * then SIGCONT. The moments are exact: a worker is stopped by its own request to the sandbox
 * server, before that has seen it.
 */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
class WorkerStoppedIT {
  private static final int EXTRA_TURNS = 3;
  private static final String NAME = "granite";
  private static final Duration DELAY = Duration.ofMillis(1500);
  private static final Duration SOON = Duration.ofMinutes(2);

  /** What has no heartbeat is tried again after 2 minutes: {@code ActivityStubs}. */
  private static final Duration PAST_TWO_MINUTES = Duration.ofSeconds(130);

  private static final Pattern START = Pattern.compile("\"args\":\\[\"start\"");
  private static final Pattern STOP = Pattern.compile("\"args\":\\[\"stop\"");

  /**
   * A moment in a review.
   *
   * @param name of the moment and of the batch
   * @param request that is under way then
   * @param activity that another worker takes over
   * @param held the request reaches the server only when the worker goes on: too late
   */
  private record Moment(String name, Pattern request, String activity, boolean held) {}

  private static final List<Moment> MOMENTS =
      List.of(
          new Moment("before-the-start", START, "Run", true),
          new Moment("in-mid-follow", Pattern.compile("\"args\":\\[\"await\""), "Run", false),
          new Moment("at-upload", Pattern.compile("GET /files\\?\\S*\\.claude"), "Run", false),
          new Moment("at-release", Pattern.compile("DELETE /sandboxes/"), "Release", true));

  @TempDir Path folder = Path.of("");

  @Test
  void whoever_wakes_up_late_changes_nothing() {
    Attack attack = Attack.begin("WorkerStoppedIT");
    try (AttackedFleet attacked = fleet()) {
      Undisturbed calm = attacked.undisturbed();
      for (Moment moment : MOMENTS) {
        StartedBatch batch = attacked.begin(moment.name(), DELAY);
        AttackedWorker stopped = stopAt(attacked, moment);
        takenOver(batch, stopped, moment.activity(), attack);
        wake(stopped);
        assertThat(batch.awaitOutcome(AttackedFleet.END).status()).isEqualTo(BatchStatus.COMPLETE);
        calm.assertSame(attacked, batch);
      }
      StartedBatch claimed = attacked.begin("after-the-claim", DELAY);
      AttackedWorker stopped = stopAfterTheClaim(attacked);
      takenOver(claimed, stopped, "Run", attack);
      wake(stopped);
      assertThat(claimed.awaitOutcome(AttackedFleet.END).status()).isEqualTo(BatchStatus.COMPLETE);
      calm.assertSame(attacked, claimed);
    }
  }

  @Test
  void a_stop_that_comes_late_leaves_a_cancelled_row_and_nothing_else() {
    Attack attack = Attack.begin("WorkerStoppedIT");
    try (AttackedFleet attacked = fleet()) {
      StartedBatch batch = attacked.begin("at-stop", DELAY);
      Waiting.until("the agent is at work", SOON, () -> attacked.ledger().totals().answered() >= 2);
      Moment moment = new Moment("at-stop", STOP, "Stop", true);
      AtomicReference<AttackedWorker> caught = trap(attacked, moment);
      batch.workflow().cancel();
      AttackedWorker stopped = await(caught, moment.name());
      takenOver(batch, stopped, moment.activity(), attack);
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

  private static void awaitFailed(StartedBatch batch) {
    try {
      batch.awaitOutcome(AttackedFleet.END);
    } catch (WorkflowFailedException expected) {
      assertThat(expected).hasStackTraceContaining("cancelled");
    }
  }

  /** The first of the workers that sends this stops there. */
  private static AtomicReference<AttackedWorker> trap(AttackedFleet attacked, Moment moment) {
    AtomicReference<AttackedWorker> caught = new AtomicReference<>();
    for (AttackedWorker worker : attacked.workers().alive()) {
      CuttingProxy link = worker.links().sandboxes();
      link.trap(
          moment.request(),
          () -> {
            if (caught.compareAndSet(null, worker)) {
              if (moment.held()) {
                link.cut(Direction.TO_SERVER);
              }
              worker.process().stop();
            }
          });
    }
    return caught;
  }

  private static AttackedWorker stopAt(AttackedFleet attacked, Moment moment) {
    return await(trap(attacked, moment), moment.name());
  }

  private static AttackedWorker await(AtomicReference<AttackedWorker> caught, String moment) {
    Waiting.until("a worker comes to the moment " + moment, SOON, () -> caught.get() != null);
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
          });
    }
    AttackedWorker worker = await(caught, "after the claim");
    Waiting.until(
        "the run is claimed",
        SOON,
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

  private static void takenOver(
      StartedBatch batch, AttackedWorker stopped, String activity, Attack attack) {
    boolean beats = activity.equals("Run");
    if (!beats) {
      Attack.waitFor(attack.ofLong(1, 0) == 1 ? PAST_TWO_MINUTES : AttackEvents.PAST_HEARTBEAT);
      return;
    }
    Duration after =
        Waiting.until(
            "another worker takes over from " + stopped.name(),
            SOON,
            () ->
                batch
                    .begun(batch.keys().get(0), activity)
                    .filter(run -> !stopped.is(run.getLastWorkerIdentity()))
                    .isPresent());
    System.out.printf(
        "%s: %s taken over from %s after %.1f s%n",
        batch.batch(), activity, stopped.name(), after.toMillis() / 1e3);
    Attack.waitFor(Duration.ofSeconds(1));
  }

  /** What it had sent arrives first, then it goes on. */
  private static void wake(AttackedWorker stopped) {
    stopped.links().heal();
    stopped.process().resume();
  }
}
