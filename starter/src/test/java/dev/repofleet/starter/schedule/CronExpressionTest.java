package dev.repofleet.starter.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronExpressionTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 3 * * *",
        "*/15 8-18 * * mon-fri",
        "0,30 0 1,15 * *",
        "5/10 * 29 feb *",
        "0 0 31 1-3 *",
        "0 0 * * 7",
        "@daily"
      })
  void takes_what_comes(String typed) {
    assertThat(CronExpression.of(typed).text()).isEqualTo(typed);
  }

  @Test
  void folds_spaces_and_letter_case() {
    assertThat(CronExpression.of("  0 3\t* *  Mon ").text()).isEqualTo("0 3 * * mon");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\"|it has 0 of 5 fields",
        "0 3 * *|it has 4 of 5 fields",
        "0 0 3 * * *|it has 6 of 5 fields",
        "60 3 * * *|minute '60': it is from 0 to 59",
        "0 24 * * *|hour '24': it is from 0 to 23",
        "0 3 0 * *|day of month '0': it is from 1 to 31",
        "0 3 * 13 *|month '13': it is from 1 to 12",
        "0 3 * * 8|day of week '8': it is from 0 to 7",
        "0 3 * * monday|day of week 'monday': it takes numbers and sun to sat",
        "0 3 * january *|month 'january': it takes numbers and jan to dec",
        "0 x * * *|hour 'x': it takes numbers",
        "0 5-3 * * *|hour '5-3': its range ends before it begins",
        "*/0 * * * *|minute '*/0': a step is at least 1",
        "0 3 ? * *|day of month '?': write *, numbers",
        "1,,2 3 * * *|minute '': write *, numbers",
        "0 3 30 2 *|it never comes",
        "0 3 31 4,6 *|it never comes",
        "0 3 1 * mon|days of the month and days of the week",
        "@every 5m|--every says that",
        "@noon|there are @hourly, @daily"
      })
  void names_what_is_wrong(String typed, String says) {
    assertThatThrownBy(() -> CronExpression.of(typed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(says);
  }
}
