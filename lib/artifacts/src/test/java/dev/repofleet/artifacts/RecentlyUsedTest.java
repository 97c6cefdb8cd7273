package dev.repofleet.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentlyUsedTest {
  @Test
  void forgetsWhatWasUsedLongestAgo() {
    RecentlyUsed<String, Integer> two = new RecentlyUsed<>(2);
    two.put("one", 1);
    two.put("two", 2);
    assertThat(two.get("one")).isEqualTo(1);
    two.put("three", 3);
    assertThat(two.get("two")).isNull();
    assertThat(two.get("one")).isEqualTo(1);
    two.put("three", 33);
    assertThat(two.get("three")).isEqualTo(33);
  }
}
