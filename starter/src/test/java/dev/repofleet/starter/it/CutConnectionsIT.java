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
 * Every way between workers and servers is cut alone, longer than a heartbeat may be late, while
 * agents work; then the Temporal server is killed and started again over its file.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Tag("long")
class CutConnectionsIT {
  private static final int EXTRA_TURNS = 8;

  private static final List<Piece> ALL =
      List.of(
          AttackEvents.temporalCut(Direction.TO_SERVER),
          AttackEvents.temporalCut(Direction.TO_CLIENT),
          AttackEvents.sandboxesCut(Direction.TO_SERVER),
          AttackEvents.sandboxesCut(Direction.TO_CLIENT),
          AttackEvents.connectionsReset(),
          AttackEvents.temporalKilled());

  @TempDir Path folder = Path.of("");

  @Test
  void what_is_cut_off_goes_on_and_nothing_is_done_twice() {
    Attack attack = Attack.begin("CutConnectionsIT");
    List<String> names = Attack.names(attack.ofLong(6, 2));
    try (AttackedFleet attacked =
        new AttackedFleet(
            new AttackedFleet.Setup("CutConnectionsIT", folder, names, 2, EXTRA_TURNS))) {
      Undisturbed calm = attacked.undisturbed();
      StartedBatch batch = attacked.begin("cut", Duration.ofSeconds(5));
      Waiting.until(
          "agents are at work",
          Waiting.LONG,
          () -> batch.keys().stream().allMatch(key -> batch.begun(key, "Run").isPresent()));
      for (Piece piece : ALL) {
        attack.happen(attacked, batch, List.of(piece), 1, Duration.ofSeconds(1));
      }
      assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
      calm.assertSame(attacked, batch);
    }
  }
}
