package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.workflows.batch.BatchStatus;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL for the worker that follows agents, again and again, while all of them are in their slow
 * review; each killed worker is replaced. In the long form 20 times over 10 repositories: {@link
 * Attack#LONG}.
 */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
class FollowerKilledIT {
  private static final int EXTRA_TURNS = 8;
  private static final Duration SOON = Duration.ofMinutes(2);

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
      StartedBatch batch = attacked.begin("killed", Duration.ofMillis(kills * 700L));
      for (int kill = 1; kill <= kills; kill++) {
        attack.pause(Duration.ofSeconds(2));
        Optional<AttackedWorker> follower = follower(attacked, batch);
        if (follower.isEmpty()) {
          System.out.printf("After %d kills not all agents are at work any more%n", kill - 1);
          assertThat(kill).as("kills while all agents worked").isGreaterThan(kills / 2);
          break;
        }
        killed(attacked, batch, follower.get(), kill);
      }
      assertThat(batch.awaitOutcome(AttackedFleet.END).status()).isEqualTo(BatchStatus.COMPLETE);
      calm.assertSame(attacked, batch);
    }
  }

  /** The one that follows most; none once an agent has ended its turn, or before all have begun. */
  private static Optional<AttackedWorker> follower(AttackedFleet attacked, StartedBatch batch) {
    Map<String, Integer> followed = new TreeMap<>();
    List<String> idle = new ArrayList<>();
    Waiting.until(
        "all agents are followed, or the first has ended",
        SOON,
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

  private static void killed(
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
    attacked.workers().killAndReplace(follower);
    List<String> unfollowed = new ArrayList<>(keys);
    long begin = System.nanoTime();
    StringBuilder gaps = new StringBuilder();
    Waiting.until(
        "what " + follower.name() + " followed is followed again",
        SOON,
        () -> {
          unfollowed.removeIf(
              key -> {
                boolean again = followedByAnother(batch, key, follower);
                if (again) {
                  gaps.append(" %.1f".formatted((System.nanoTime() - begin) / 1e9));
                }
                return again;
              });
          return unfollowed.isEmpty();
        });
    System.out.printf(
        "Kill %d (%s, which followed %d): followed again after%s s; heartbeat timeout + 2 s = %d s;"
            + " the model was asked %d times meanwhile%n",
        kill,
        follower.name(),
        keys.size(),
        gaps,
        AttackedFleet.HEARTBEAT.toSeconds() + 2,
        attacked.ledger().totals().calls() - calls);
  }

  /** Or its turn has ended meanwhile. */
  private static boolean followedByAnother(
      StartedBatch batch, String key, AttackedWorker follower) {
    List<PendingActivityInfo> pending = batch.pendingIfBegun(key);
    return batch
            .begun(key, "Run")
            .filter(run -> !follower.is(run.getLastWorkerIdentity()))
            .isPresent()
        || pending.stream().noneMatch(run -> run.getActivityType().getName().equals("Run"));
  }
}
