package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.secrets.KnownSecrets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactingStreamTest {
  /** A line as long as this is passed on in parts. */
  private static final int PART = 4 << 20;

  private static final String KEY = "sk-ant-0123456789\"quoted";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void takesTheKeyOutWhereverThePiecesAreCut(long seed) throws Exception {
    String text = "one ☃\n" + KEY + "\n{\"t\":\"" + KEY.replace("\"", "\\\"") + "\"}\nend " + KEY;
    byte[] bytes = text.getBytes(UTF_8);
    Random random = new Random(seed);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RedactingStream stream =
        new RedactingStream(out, KnownSecrets.of(Map.of("ANTHROPIC_API_KEY", KEY)))) {
      for (int from = 0; from < bytes.length; ) {
        int count = Math.min(1 + random.nextInt(7), bytes.length - from);
        stream.write(bytes, from, count);
        from += count;
      }
    }

    assertThat(out.toString(UTF_8))
        .startsWith("one ☃\n")
        .contains("\nend ")
        .doesNotContain("0123456789");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 11, 22, 23, 24})
  void takesTheKeyOutOfALineThatIsPassedOnInParts(int before) throws Exception {
    String text = "y".repeat(PART - before) + KEY + "z".repeat(PART) + KEY + "\n";

    assertThat(passed(text.getBytes(UTF_8), PART))
        .isEqualTo("y".repeat(PART - before) + "***" + "z".repeat(PART) + "***\n");
    assertThat(passed(text.getBytes(UTF_8), 1 << 13)).doesNotContain("0123456789");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void cutsNoCharacter(int shift) throws Exception {
    String text = "x".repeat(shift) + "☃😀".repeat(PART / 3);

    assertThat(passed(text.getBytes(UTF_8), 1 << 13)).isEqualTo(text);
  }

  @Test
  void bytesThatAreNoTextDoNotStayForEver() throws Exception {
    byte[] bytes = new byte[3 * PART];
    Arrays.fill(bytes, (byte) 0x80);

    assertThat(passed(bytes, 1 << 13)).isEqualTo("\ufffd".repeat(bytes.length));
  }

  private static String passed(byte[] bytes, int piece) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RedactingStream stream =
        new RedactingStream(out, KnownSecrets.of(Map.of("ANTHROPIC_API_KEY", KEY)))) {
      for (int from = 0; from < bytes.length; from += piece) {
        stream.write(bytes, from, Math.min(piece, bytes.length - from));
      }
    }
    return out.toString(UTF_8);
  }
}
