package dev.repofleet.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FuzzTest {
  private static final String SAMPLE = "{\"name\":\"x\",\"count\":7,\"list\":[1,null]}\n";

  @Test
  void theInputsAreTheSameEachTimeAndBeginWithTheSamples() {
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    Fuzz.of(SAMPLE, "other").text(first::add);
    Fuzz.of(SAMPLE, "other").text(second::add);
    assertThat(first).startsWith(SAMPLE, "other").hasSizeGreaterThan(100);
    // The longer form goes on for a time, and so not equally far.
    assertThat(second.subList(0, 100)).isEqualTo(first.subList(0, 100));
  }

  @Test
  void theInputsAreOfManyKinds() {
    Mutations mutations = new Mutations(List.of(SAMPLE.getBytes(StandardCharsets.UTF_8)));
    assertThat(LongStream.range(0, 2_000).mapToObj(mutations::input))
        .extracting(input -> new String(input, StandardCharsets.UTF_8))
        .anyMatch(input -> input.contains("\0"))
        .anyMatch(input -> input.contains("[[[["))
        .anyMatch(input -> input.contains("\"k1000\":1,"))
        .anyMatch(input -> input.contains("9223372036854775807"))
        .anyMatch(input -> input.contains("\\ud800"))
        .anyMatch(input -> input.contains("\ufffd"))
        .anyMatch(String::isEmpty)
        .allMatch(input -> input.length() <= Mutations.MAX_BYTES);
  }

  @Test
  void aFailureNamesTheSeedThatMakesItsInputAgain() {
    List<byte[]> seen = new ArrayList<>();
    Throwable failure =
        catchThrowable(
            () ->
                Fuzz.of(SAMPLE)
                    .bytes(
                        input -> {
                          seen.add(input);
                          if (seen.size() == 40) {
                            throw new IllegalStateException("planted");
                          }
                        }));
    assertThat(failure).isInstanceOf(AssertionError.class).hasRootCauseMessage("planted");
    Matcher seed = Pattern.compile("fuzz.seed=(\\d+)").matcher(String.valueOf(failure));
    assertThat(seed.find()).isTrue();
    Mutations mutations = new Mutations(List.of(SAMPLE.getBytes(StandardCharsets.UTF_8)));
    assertThat(mutations.input(Long.parseLong(seed.group(1)))).isEqualTo(seen.get(39));
  }

  @Test
  void aReaderThatTakesMemoryWithoutMeasureFails() {
    assertThatThrownBy(
            () ->
                Fuzz.of(SAMPLE)
                    .withMostAllocated(1 << 20)
                    .bytes(input -> Arrays.fill(new byte[2 << 20], (byte) 1)))
        .hasMessageContaining("MiB of memory");
  }
}
