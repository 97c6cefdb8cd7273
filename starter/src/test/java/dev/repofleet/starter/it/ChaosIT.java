package dev.repofleet.starter.it;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code repofleet chaos}. */
@Order(1)
@Timeout(value = 120, unit = TimeUnit.MINUTES)
class ChaosIT {
  @TempDir Path folder = Path.of("");

  @Test
  void every_target_has_one_result_and_every_dollar_is_counted_once() {
    Chaos.run("ChaosIT", folder, Attack.seed("ChaosIT"), Chaos.Form.SHORT);
  }
}
