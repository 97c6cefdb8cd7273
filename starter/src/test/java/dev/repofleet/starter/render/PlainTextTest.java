package dev.repofleet.starter.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {
  @Test
  void a_name_keeps_every_character_those_that_can_not_be_seen_as_escapes() {
    assertThat(PlainText.name("a \u202efdp.py")).isEqualTo("a \\u202efdp.py");
    assertThat(PlainText.name("x\u001b[2J\ny")).isEqualTo("x\\u001b[2J\\u000ay");
    assertThat(PlainText.name("ärger🦊")).isEqualTo("ärger🦊");
  }

  @Test
  void what_steers_a_terminal_or_turns_text_around_is_left_out() {
    assertThat(PlainText.of("a\u001b[31mb\u0007\u202ec\u200b\u2066d\ufeff")).isEqualTo("a[31mbcd");
  }

  @Test
  void white_space_is_folded_and_trimmed() {
    assertThat(PlainText.of("  a \r\n\t b\u2028c\u00a0 ")).isEqualTo("a b c");
  }

  @Test
  void half_a_surrogate_pair_is_left_out_and_a_whole_one_kept() {
    assertThat(PlainText.of("a\ud83d b \ud83d\ude00")).isEqualTo("a b \ud83d\ude00");
  }

  @Test
  void a_long_text_is_cut_between_characters() {
    assertThat(PlainText.of("\ud83d\ude00\ud83d\ude00\ud83d\ude00", 2)).isEqualTo("\ud83d\ude00…");
    assertThat(PlainText.of(null, 2)).isEmpty();
  }
}
