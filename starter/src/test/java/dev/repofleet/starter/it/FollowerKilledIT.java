package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.progress.BatchStatus;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL for the worker that follows agents, again and again, while all of them are in their slow
 * review; each killed worker is replaced, and the next one is killed once its replacement is there:
 * how long a Java VM takes to begin is not what is measured. In the long form 20 times over 10
 * repositories: {@link Attack#LONG}.
 */
@Timeout(value = 120, unit = TimeUnit.MINUTES)
@Tag("long")
class FollowerKilledIT {
  private static final int EXTRA_TURNS = 8;

  @TempDir Path folder = Path.of("");

  @Test
  void agents_go_on_as_if_nothing_had_been_however_often_their_followers_die() {
    Attack attack = Attack.begin("FollowerKilledIT");
    List<String> names = Attack.names(attack.ofLong(10, 4));
    int kills = attack.ofLong(20, 6);
    try (AttackedFleet attacked =
        new AttackedFleet(
            new AttackedFleet.Setup("FollowerKilledIT", folder, names, 2, EXTRA_TURNS))) {
      Undisturbed calm = attacked.undisturbed();
      // A review's calls last as long as the kills need, and some more.
      StartedBatch batch = attacked.begin("killed", Duration.ofMillis(kills * 900L));
      List<Double> gaps = new ArrayList<>();
      for (int kill = 1; kill <= kills; kill++) {
        attack.pause(Duration.ofSeconds(2));
        Waiting.until("the replacement polls", Waiting.LONG, attacked.workers()::allPoll);
        Optional<AttackedWorker> follower = follower(attacked, batch);
        if (follower.isEmpty()) {
          System.out.printf("After %d kills not all agents are at work any more%n", kill - 1);
          assertThat(kill).as("kills while all agents worked").isGreaterThan(kills / 2);
          break;
        }
        gaps.addAll(killed(attacked, batch, follower.get(), kill));
      }
      gaps.sort(null);
      double median = gaps.get(gaps.size() / 2);
      System.out.printf(
          "Followed again: median %.1f s, latest %.1f s of %d%n",
          median, gaps.get(gaps.size() - 1), gaps.size());
      assertThat(median).isLessThanOrEqualTo(AttackedFleet.HEARTBEAT.toSeconds() + 7.0);
      assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
      calm.assertSame(attacked, batch);
    }
  }

  /** The one that follows most; none once an agent has ended its turn, or before all have begun. */
  private static Optional<AttackedWorker> follower(AttackedFleet attacked, StartedBatch batch) {
    Map<String, Integer> followed = new TreeMap<>();
    List<String> idle = new ArrayList<>();
    Waiting.until(
        "all agents are followed, or the first has ended",
        Waiting.LONG,
        () -> {
          followed.clear();
          idle.clear();
          for (String key : batch.keys()) {
            Optional<PendingActivityInfo> run = batch.begun(key, "Run");
            run.ifPresentOrElse(
                begun -> followed.merge(begun.getLastWorkerIdentity(), 1, Integer::sum),
                () -> idle.add(key));
          }
          return idle.isEmpty() || attacked.ledger().totals().answered() > mostAnswers(attacked);
        });
    return idle.isEmpty()
        ? followed.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .flatMap(most -> attacked.workers().of(most.getKey()))
        : Optional.empty();
  }

  /** The undisturbed run's, and in each review of the attacked one all but the last call. */
  private static int mostAnswers(AttackedFleet attacked) {
    int repositories = attacked.repositories().size();
    return repositories * attacked.calls() + repositories * (attacked.calls() - 3);
  }

  /** Seconds from each kill to the next attempt's start, by the server's time. */
  private static List<Double> killed(
      AttackedFleet attacked, StartedBatch batch, AttackedWorker follower, int kill) {
    List<String> keys =
        batch.keys().stream()
            .filter(
                key ->
                    batch
                        .begun(key, "Run")
                        .filter(run -> follower.is(run.getLastWorkerIdentity()))
                        .isPresent())
            .toList();
    int calls = attacked.ledger().totals().calls();
    Instant killed = Instant.now();
    attacked.workers().killAndReplace(follower);
    List<String> unfollowed = new ArrayList<>(keys);
    List<Double> gaps = new ArrayList<>();
    StringBuilder shown = new StringBuilder();
    Waiting.until(
        "what " + follower.name() + " followed is followed again",
        Waiting.LONG,
        () -> {
          unfollowed.removeIf(
              key -> {
                Optional<PendingActivityInfo> again = byAnother(batch, key, follower);
                again.ifPresent(
                    run -> {
                      gaps.add(seconds(killed, run.getLastStartedTime()));
                      shown.append(
                          " %.1f (offered at %.1f)"
                              .formatted(
                                  gaps.get(gaps.size() - 1),
                                  seconds(killed, run.getScheduledTime())));
                    });
                return again.isPresent() || hasEnded(batch, key);
              });
          return unfollowed.isEmpty();
        });
    System.out.printf(
        "Kill %d (%s, which followed %d): followed again after%s s; heartbeat timeout + 2 s = %d s;"
            + " the model was asked %d times meanwhile%n",
        kill,
        follower.name(),
        keys.size(),
        shown,
        AttackedFleet.HEARTBEAT.toSeconds() + 2,
        attacked.ledger().totals().calls() - calls);
    return gaps;
  }

  private static double seconds(Instant from, Timestamp to) {
    Instant end = Instant.ofEpochSecond(to.getSeconds(), to.getNanos());
    return Duration.between(from, end).toMillis() / 1e3;
  }

  private static Optional<PendingActivityInfo> byAnother(
      StartedBatch batch, String key, AttackedWorker follower) {
    return batch.begun(key, "Run").filter(run -> !follower.is(run.getLastWorkerIdentity()));
  }

  /** Its turn, meanwhile. */
  private static boolean hasEnded(StartedBatch batch, String key) {
    return batch.pendingIfBegun(key).stream()
        .noneMatch(run -> run.getActivityType().getName().equals("Run"));
  }
}
