package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptSearchTest {
  private static final String BEFORE = "{\"type\":\"user\"}\n";
  private static final String AFTER =
      "{\"type\":\"queue-operation\"}\n{\"type\":\"user\",\"message\":\"a\"}\n";

  private static boolean found(String transcript, long before, int pieces) {
    PromptSearch search = new PromptSearch(before);
    byte[] bytes = transcript.getBytes(UTF_8);
    for (int at = 0; at < bytes.length; at += pieces) {
      // As from a buffer that is used again: what is behind the count is of an earlier piece.
      byte[] buffer = "{\"type\":\"user\"}\n".repeat(20).getBytes(UTF_8);
      int count = Math.min(pieces, bytes.length - at);
      System.arraycopy(bytes, at, buffer, 0, count);
      search.accept(buffer, count);
    }
    search.end();
    return search.found();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 300})
  void only_what_is_behind_the_bytes_from_before_counts(int pieces) {
    assertThat(found(BEFORE, BEFORE.length(), pieces)).isFalse();
    assertThat(found(BEFORE + AFTER, BEFORE.length(), pieces)).isTrue();
    assertThat(found(BEFORE + AFTER, BEFORE.length() + AFTER.length(), pieces)).isFalse();
    assertThat(found(BEFORE, 1000, pieces)).isFalse();
  }

  @Test
  void lines_of_the_programs_own_and_half_lines_are_no_prompt() {
    assertThat(found("{\"type\":\"queue-operation\"}\n", 0, 9)).isFalse();
    assertThat(found("{\"type\":\"user\",\"mess", 0, 9)).isFalse();
    assertThat(found("{\"type\":\"user\"}", 0, 9)).as("a whole line without its end").isTrue();
    assertThat(found("", 0, 9)).isFalse();
  }
}
