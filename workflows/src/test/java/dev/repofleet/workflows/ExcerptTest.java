package dev.repofleet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ExcerptTest {
  @Test
  void leavesAShortTextAlone() {
    assertThat(Excerpt.of("abc", 3)).isEqualTo("abc");
  }

  @Test
  void endsALongOneWithAnEllipsis() {
    assertThat(Excerpt.of("abcd", 3)).isEqualTo("ab…");
  }

  @Test
  void cutsNoCharacterInTwo() {
    assertThat(Excerpt.of("a😀bc", 3)).isEqualTo("a…");
    assertThat(Excerpt.of("a😀bc", 4)).isEqualTo("a😀…");
  }

  @Test
  void keepsASummaryWithinTheServersBytes() {
    String summary = Excerpt.of("漢".repeat(4_000), Excerpt.SUMMARY) + ": turn 100 (follow_up)";

    assertThat(("\"" + summary + "\"").getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(400);
  }
}
