package dev.repofleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FleetMetricsTest {

  @Test
  void a_look_counts_for_five_minutes_since_the_next_may_be_another_workers() {
    AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
    try (FleetMetrics metrics = new FleetMetrics(clock::get)) {
      assertThat(metrics.scrape()).contains("repofleet_sandboxes_leaked 0.0");
      metrics.sandboxesLookedAt(3);
      clock.addAndGet(Duration.ofMinutes(5).toNanos());
      assertThat(metrics.scrape()).contains("repofleet_sandboxes_leaked 3.0");
      clock.incrementAndGet();
      assertThat(metrics.scrape()).contains("repofleet_sandboxes_leaked 0.0");
    }
  }
}
