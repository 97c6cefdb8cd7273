package dev.repofleet.starter.followup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowUpAnswerTest {
  @ParameterizedTest
  @CsvSource({
    "PRESENT, PRESENT",
    "**Present**: it is, PRESENT",
    "'\n\n absent', ABSENT",
    "'# UNCLEAR', UNCLEAR",
    "PRESENTLY nothing, UNCLEAR",
    "It is PRESENT, UNCLEAR",
    "'', UNCLEAR"
  })
  void the_first_word_says_it(String text, FollowUpAnswer answer) {
    assertThat(FollowUpAnswer.of(text)).isEqualTo(answer);
  }

  @Test
  void the_reason_is_what_stands_behind_it_on_one_line() {
    assertThat(FollowUpAnswer.reason("PRESENT\n\nThe name goes\ninto the query."))
        .isEqualTo("The name goes into the query.");
    assertThat(FollowUpAnswer.reason("**Absent**: nothing is loaded."))
        .isEqualTo("nothing is loaded.");
    assertThat(FollowUpAnswer.reason("I looked.")).isEqualTo("I looked.");
  }
}
