package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPricesTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "claude-opus-4-8, 5",
        "claude-opus-4-8[1m], 5",
        "claude-opus-4-20250514, 15",
        "claude-opus-5-5, 4",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0, 3",
        "claude-haiku-4-5@20251001, 1",
        "a-model-of-next-year, 15",
        "none, 15"
      })
  void aModelIsFoundUnderAllItsNamesAndAnUnknownOneCostsTheMost(
      @Nullable String model, double input) {
    assertThat(ModelPrices.of(model).input()).isEqualTo(input);
  }

  /** Tokens and dollars of one result line of the CLI, version 2.1.197. */
  @Test
  void agreesWithTheAgentsOwnCount() {
    assertThat(ModelPrices.of("claude-opus-4-8").cost(410, 4000, 40, 0, 210))
        .isCloseTo(0.00955, within(1e-9));
  }
}
