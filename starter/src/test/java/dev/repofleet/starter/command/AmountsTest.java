package dev.repofleet.starter.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AmountsTest {
  @Test
  void times_are_read_in_days_hours_minutes_and_seconds() {
    assertThat(Amounts.duration("90s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(Amounts.duration("45m")).isEqualTo(Duration.ofMinutes(45));
    assertThat(Amounts.duration("1d2h3m4s")).isEqualTo(Duration.parse("P1DT2H3M4S"));
  }

  @Test
  void sizes_are_read_in_powers_of_two_and_ten() {
    assertThat(Amounts.size("2GiB")).isEqualTo(2L << 30);
    assertThat(Amounts.size("256 MiB")).isEqualTo(256L << 20);
    assertThat(Amounts.size("500MB")).isEqualTo(500_000_000L);
    assertThat(Amounts.size("1024")).isEqualTo(1024L);
    assertThat(Amounts.size("999999999GiB")).isEqualTo(999_999_999L << 30);
  }

  @Test
  void the_nearest_name_is_found_only_when_it_is_near() {
    assertThat(NearestName.of("folowUps", java.util.List.of("followUps", "rules")))
        .contains("followUps");
    assertThat(NearestName.of("lmiits", java.util.List.of("limits"))).contains("limits");
    assertThat(NearestName.of("verify", java.util.List.of("limits", "rules"))).isEmpty();
  }
}
