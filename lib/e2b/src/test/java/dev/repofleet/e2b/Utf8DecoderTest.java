package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class Utf8DecoderTest {
  private static final String TEXT = "aß€😀 中文\n";

  @Test
  void textCutAtAnyByteIsTheSameText() {
    byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut <= bytes.length; cut++) {
      Utf8Decoder decoder = new Utf8Decoder();
      String text =
          decoder.decode(Arrays.copyOf(bytes, cut))
              + decoder.decode(Arrays.copyOfRange(bytes, cut, bytes.length))
              + decoder.finish();
      assertThat(text).as("cut at %d", cut).isEqualTo(TEXT);
    }
  }

  @RepeatedTest(200)
  void randomBytesInRandomPiecesDecodeAsTheyDoInOnePiece(RepetitionInfo repetition) {
    long seed = 31_337L * repetition.getCurrentRepetition();
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(60)];
    random.nextBytes(bytes);
    Utf8Decoder decoder = new Utf8Decoder();
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(bytes.length - at, 1 + random.nextInt(5));
      text.append(decoder.decode(Arrays.copyOfRange(bytes, at, at + count)));
      at += count;
    }
    text.append(decoder.finish());
    assertThat(text.toString())
        .as("seed %d", seed)
        .isEqualTo(new String(bytes, StandardCharsets.UTF_8));
  }

  @Test
  void aCharacterThatNeverCompletesBecomesTheReplacementCharacter() {
    Utf8Decoder decoder = new Utf8Decoder();
    assertThat(decoder.decode(new byte[] {'a', (byte) 0xe2, (byte) 0x82})).isEqualTo("a");
    assertThat(decoder.finish()).isEqualTo("\ufffd");
  }
}
