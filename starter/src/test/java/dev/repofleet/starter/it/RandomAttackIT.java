package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.it.Attack.Piece;
import dev.repofleet.starter.it.CuttingProxy.Direction;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.progress.BatchStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything at random moments, from the first second of a batch to its end. In the long form 40
 * events over 8 repositories: {@link Attack#LONG}.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
@Tag("long")
class RandomAttackIT {
  private static final int EXTRA_TURNS = 4;

  private static final List<Piece> PIECES =
      List.of(
          AttackEvents.workerKilled(),
          AttackEvents.workerStopped(),
          AttackEvents.temporalCut(Direction.TO_SERVER),
          AttackEvents.temporalCut(Direction.TO_CLIENT),
          AttackEvents.sandboxesCut(Direction.TO_SERVER),
          AttackEvents.sandboxesCut(Direction.TO_CLIENT),
          AttackEvents.connectionsReset(),
          AttackEvents.temporalKilled());

  @TempDir Path folder = Path.of("");

  @Test
  void a_batch_comes_to_what_it_comes_to_undisturbed() {
    Attack attack = Attack.begin("RandomAttackIT");
    List<String> names = Attack.names(attack.ofLong(8, 3));
    try (AttackedFleet attacked =
        new AttackedFleet(
            new AttackedFleet.Setup("RandomAttackIT", folder, names, 2, EXTRA_TURNS))) {
      Undisturbed calm = attacked.undisturbed();
      int events = attack.ofLong(40, 5);
      StartedBatch batch = attacked.begin("random", Duration.ofMillis(events * 500L));
      attack.happen(attacked, batch, PIECES, events, Duration.ofSeconds(4));
      assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
      calm.assertSame(attacked, batch);
    }
  }
}
