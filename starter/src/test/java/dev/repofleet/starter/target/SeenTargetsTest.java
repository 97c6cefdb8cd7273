package dev.repofleet.starter.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.Sha256;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeenTargetsTest {
  @Test
  void finds_each_of_many_and_nothing_else() {
    SeenTargets seen = new SeenTargets();
    IntStream.range(0, 20_000).forEach(i -> seen.add(Sha256.ofText("in " + i), i));
    for (int i = 0; i < 20_000; i++) {
      assertThat(seen.find(Sha256.ofText("in " + i))).containsExactly(i);
      assertThat(seen.find(Sha256.ofText("out " + i))).isEmpty();
    }
  }

  @Test
  void those_whose_keys_end_alike_are_found_together() {
    SeenTargets seen = new SeenTargets();
    seen.add("0000000000" + "a".repeat(54), 1);
    seen.add("0000000000" + "b".repeat(54), 2);
    seen.add("0000000001" + "a".repeat(54), 3);
    assertThat(seen.find("0000000000" + "c".repeat(54))).containsExactlyInAnyOrder(1, 2);
  }
}
