package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.secrets.KnownSecrets;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactingStreamTest {
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
}
