package dev.repofleet.e2b.local.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.local.MutableClock;
import dev.repofleet.e2b.local.machine.MachineUsage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SandboxMetricsTest {
  private final MutableClock clock = new MutableClock();
  private final SandboxMetrics metrics = new SandboxMetrics(clock);

  private void measure(int cpuMillis) {
    metrics.add(new MachineUsage(Duration.ofMillis(cpuMillis), 2, 100, 1000, 10, 5, 50));
  }

  @Test
  void theShareOfTheProcessorsIsThatSinceTheLastMeasurement() {
    clock.advance(Duration.ofSeconds(10));
    measure(5000);
    assertThat(metrics.latest().orElseThrow().get("cpuUsedPct").asDouble()).isEqualTo(25);
    clock.advance(Duration.ofSeconds(1));
    measure(7000);
    assertThat(metrics.latest().orElseThrow().get("cpuUsedPct").asDouble()).isEqualTo(100);
    clock.advance(Duration.ofSeconds(1));
    measure(100);
    assertThat(metrics.latest().orElseThrow().get("cpuUsedPct").asDouble())
        .as("processes have ended, and their time with them")
        .isZero();
  }

  @Test
  void aRangeSelectsAndARangeBackwardsIsRefused() {
    clock.advance(Duration.ofSeconds(10));
    measure(1);
    String now = Long.toString(clock.instant().getEpochSecond());
    assertThat(metrics.between(name -> "")).hasSize(1);
    assertThat(metrics.between(name -> name.equals("start") ? now : "")).hasSize(1);
    assertThat(metrics.between(name -> name.equals("end") ? "1" : "")).isEmpty();
    assertThatThrownBy(() -> metrics.between(name -> name.equals("end") ? "1" : "2"))
        .hasMessageContaining("start must not be after end");
  }
}
