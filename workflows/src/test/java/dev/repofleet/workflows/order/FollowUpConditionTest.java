package dev.repofleet.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.SeverityCounts;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FollowUpConditionTest {
  private static final SeverityCounts COUNTS = new SeverityCounts(1, 2, 3, 4, 5);

  @ParameterizedTest
  @CsvSource({
    "always, true",
    "never, false",
    "'  always ', true",
    "findings > 14, true",
    "findings > 15, false",
    "findings.critical == 1, true",
    "findings.high>=2, true",
    "findings.high > 2, false",
    "findings.medium != 3, false",
    "findings.low <= 4, true",
    "findings.low < 4, false",
    "findings.info < 6, true",
    "findings.info == 999999999, false",
    "findings.high > 5 or findings.critical == 1, true",
    "findings.critical == 1 or findings.high > 5, true",
    "findings.high > 5 or findings.critical > 1, false"
  })
  void comparesCounts(String text, boolean holds) {
    assertThat(FollowUpCondition.parse(text).holds(COUNTS)).isEqualTo(holds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sometimes",
        "findings",
        "findings.high",
        "findings.urgent > 0",
        "findings > -1",
        "findings > 1.5",
        "findings > 9999999999",
        "findings > 0 && findings.high > 0",
        "Findings > 0",
        "always or findings > 0",
        "findings > 0 or",
        "findings > 0 orfindings.high > 0"
      })
  void saysWhichFormsThereAre(String text) {
    assertThatThrownBy(() -> FollowUpCondition.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"")
        .hasMessageContaining("findings.high > 0");
  }
}
