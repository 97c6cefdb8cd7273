package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.FrameDecoder.MalformedFrameException;
import dev.repofleet.fuzz.Fuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import okio.Buffer;
import org.junit.jupiter.api.Test;

/** Whatever a sandbox sends: frames or {@link MalformedFrameException}, however it is cut. */
class FrameDecoderFuzzTest {
  @Test
  void spoiltStreamsAreTheSameFramesOrTheSameRefusalHoweverTheyAreCut() {
    Fuzz.ofBytes(stream("{}"), stream("{\"event\":{\"data\":{\"stdout\":\"AAAA\"}}}", "", "x"))
        .bytes(
            input -> {
              List<String> whole = read(input, input.length);
              assertThat(read(input, 1)).isEqualTo(whole);
              assertThat(read(input, 7)).isEqualTo(whole);
              int payload = whole.stream().mapToInt(frame -> frame.length() - 2).sum();
              if (!whole.isEmpty() && !whole.get(whole.size() - 1).startsWith("!")) {
                assertThat(payload).isLessThanOrEqualTo(input.length - 5 * whole.size());
              }
            });
  }

  private static byte[] stream(String... messages) {
    Buffer bytes = new Buffer();
    for (String message : messages) {
      bytes.write(FrameDecoder.encode(message.getBytes(StandardCharsets.UTF_8)));
    }
    byte[] end = FrameDecoder.encode("{}".getBytes(StandardCharsets.UTF_8));
    end[0] = 2;
    return bytes.write(end).readByteArray();
  }

  /** Its frames, and at the end the refusal if there is one. */
  private static List<String> read(byte[] input, int piece) throws IOException {
    List<String> frames = new ArrayList<>();
    FrameDecoder decoder = new FrameDecoder();
    FrameDecoder.Sink sink =
        new FrameDecoder.Sink() {
          @Override
          public void onMessage(byte[] buffer, int offset, int length) {
            frames.add("m:" + new String(buffer, offset, length, StandardCharsets.ISO_8859_1));
          }

          @Override
          public void onEnd(byte[] buffer, int offset, int length) {
            frames.add("e:" + new String(buffer, offset, length, StandardCharsets.ISO_8859_1));
          }
        };
    try {
      for (int at = 0; at < input.length; at += piece) {
        decoder.feed(input, at, Math.min(piece, input.length - at), sink);
      }
    } catch (MalformedFrameException e) {
      frames.add("!" + e.getMessage());
    }
    return frames;
  }
}
