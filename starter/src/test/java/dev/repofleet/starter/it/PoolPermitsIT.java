package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The waits are printed, the pool's events are held to what was promised. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class PoolPermitsIT {
  @TempDir Path folder = Path.of("");

  @Test
  void a_permit_costs_ten_events_alone_and_five_under_load() {
    PoolPermits.Cost cost = PoolPermits.measure(folder);
    System.out.println(cost);
    assertThat(cost.aloneEvents()).isLessThanOrEqualTo(10);
    assertThat(cost.loadedEvents()).isLessThanOrEqualTo(5);
  }
}
