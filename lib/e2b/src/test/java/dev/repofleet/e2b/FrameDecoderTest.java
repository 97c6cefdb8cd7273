package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
  private static final class Recorder implements FrameDecoder.Sink {
    final List<String> frames = new ArrayList<>();

    @Override
    public void onMessage(byte[] buffer, int offset, int length) {
      frames.add("m:" + new String(buffer, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void onEnd(byte[] buffer, int offset, int length) {
      frames.add("e:" + new String(buffer, offset, length, StandardCharsets.UTF_8));
    }
  }

  private static byte[] frame(int flags, String payload) {
    byte[] bytes = FrameDecoder.encode(payload.getBytes(StandardCharsets.UTF_8));
    bytes[0] = (byte) flags;
    return bytes;
  }

  private static byte[] stream() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(frame(0, "{\"a\":1}"));
    out.write(frame(0, ""));
    out.write(frame(0, "x".repeat(300)));
    out.write(frame(2, "{}"));
    return out.toByteArray();
  }

  private static final List<String> EXPECTED =
      List.of("m:{\"a\":1}", "m:", "m:" + "x".repeat(300), "e:{}");

  @Test
  void aLastFrameThatIsLongerThanAnyErrorIsRefused() throws IOException {
    Recorder recorder = new Recorder();
    byte[] most = frame(2, "x".repeat(FrameDecoder.MAX_END));
    new FrameDecoder().feed(most, 0, most.length, recorder);
    assertThat(recorder.frames).hasSize(1);
    byte[] longer = frame(2, "x".repeat(FrameDecoder.MAX_END + 1));
    assertThatThrownBy(() -> new FrameDecoder().feed(longer, 0, longer.length, recorder))
        .isInstanceOf(FrameDecoder.MalformedFrameException.class)
        .hasMessageContaining("more than the limit of 65536");
  }

  @Test
  void aStreamCutAtAnyByteIsTheSameStream() throws IOException {
    byte[] bytes = stream();
    for (int cut = 0; cut <= bytes.length; cut++) {
      FrameDecoder decoder = new FrameDecoder();
      Recorder recorder = new Recorder();
      decoder.feed(bytes, 0, cut, recorder);
      decoder.feed(bytes, cut, bytes.length - cut, recorder);
      assertThat(recorder.frames).as("cut at %d", cut).isEqualTo(EXPECTED);
      assertThat(decoder.ended()).isTrue();
    }
  }

  @Test
  void aStreamThatComesByteByByteIsTheSameStream() throws IOException {
    byte[] bytes = stream();
    FrameDecoder decoder = new FrameDecoder();
    Recorder recorder = new Recorder();
    for (int i = 0; i < bytes.length; i++) {
      decoder.feed(bytes, i, 1, recorder);
    }
    assertThat(recorder.frames).isEqualTo(EXPECTED);
  }

  @RepeatedTest(200)
  void aRandomStreamInRandomPiecesComesOutWhole(RepetitionInfo repetition) throws IOException {
    long seed = 7_000_003L * repetition.getCurrentRepetition();
    Random random = new Random(seed);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> expected = new ArrayList<>();
    for (int i = random.nextInt(20); i >= 0; i--) {
      String payload = "p".repeat(random.nextInt(random.nextInt(10) == 0 ? 200_000 : 200));
      out.write(frame(0, payload));
      expected.add("m:" + payload);
    }
    out.write(frame(2, "{}"));
    expected.add("e:{}");
    byte[] bytes = out.toByteArray();
    FrameDecoder decoder = new FrameDecoder();
    Recorder recorder = new Recorder();
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(bytes.length - at, 1 + random.nextInt(70_000));
      decoder.feed(bytes, at, count, recorder);
      at += count;
    }
    assertThat(recorder.frames).as("seed %d", seed).isEqualTo(expected);
  }

  @RepeatedTest(200)
  void randomBytesAreRefusedOrWaitedForButNeverCrash(RepetitionInfo repetition) {
    long seed = 900_001L * repetition.getCurrentRepetition();
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(400)];
    random.nextBytes(bytes);
    if (bytes.length > 0) {
      bytes[0] = (byte) (random.nextInt(2) * 2);
    }
    FrameDecoder decoder = new FrameDecoder();
    try {
      decoder.feed(bytes, 0, bytes.length, new Recorder());
    } catch (IOException e) {
      assertThat(e).as("seed %d", seed).isInstanceOf(FrameDecoder.MalformedFrameException.class);
    }
  }

  @Test
  void aFrameThatClaimsMoreThanTheLimitIsRefusedAtItsHeader() {
    byte[] justOver = {0, 1, 0, 0, 1};
    byte[] negative = {0, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff};
    assertThatThrownBy(() -> new FrameDecoder().feed(justOver, 0, 5, new Recorder()))
        .isInstanceOf(FrameDecoder.MalformedFrameException.class)
        .hasMessage("a frame claims 16777217 bytes, more than the limit of 16777216");
    assertThatThrownBy(() -> new FrameDecoder().feed(negative, 0, 5, new Recorder()))
        .hasMessageContaining("4294967295");
  }

  @Test
  void aFrameOfExactlyTheLimitPasses() throws IOException {
    byte[] bytes = FrameDecoder.encode(new byte[FrameDecoder.MAX_PAYLOAD]);
    FrameDecoder decoder = new FrameDecoder();
    List<Integer> lengths = new ArrayList<>();
    FrameDecoder.Sink sink =
        new FrameDecoder.Sink() {
          @Override
          public void onMessage(byte[] buffer, int offset, int length) {
            lengths.add(length);
          }

          @Override
          public void onEnd(byte[] buffer, int offset, int length) {}
        };
    for (int at = 0; at < bytes.length; at += 1 << 20) {
      decoder.feed(bytes, at, Math.min(1 << 20, bytes.length - at), sink);
    }
    assertThat(lengths).containsExactly(FrameDecoder.MAX_PAYLOAD);
  }

  @Test
  void aCompressedFrameIsRefusedByName() {
    for (int flags : new int[] {1, 3}) {
      assertThatThrownBy(() -> new FrameDecoder().feed(frame(flags, "x"), 0, 6, new Recorder()))
          .hasMessageContaining("compressed");
    }
  }

  @Test
  void unknownFlagsAreRefused() {
    byte[] html = "<html>".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> new FrameDecoder().feed(html, 0, html.length, new Recorder()))
        .hasMessage("a frame begins with flags 0x3c: this is no Connect stream");
  }

  @Test
  void whatFollowsTheLastFrameIsIgnored() throws IOException {
    FrameDecoder decoder = new FrameDecoder();
    Recorder recorder = new Recorder();
    decoder.feed(frame(2, "{}"), 0, 7, recorder);
    decoder.feed(frame(0, "late"), 0, 9, recorder);
    assertThat(recorder.frames).containsExactly("e:{}");
  }
}
