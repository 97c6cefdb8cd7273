package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import mockwebserver3.MockResponse;
import okio.Buffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are nonsense, cut, claimed too large or not what was meant: an error or sense. */
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
class HostileStreamTest extends HostileTest {
  @Test
  void aStreamThatIsCutAtAnyByteIsAFailureUntilItsEndIsKnown() {
    byte[] head = frames("{\"event\":{\"start\":{\"pid\":7}}}", "{\"event\":{\"data\":{}}}");
    byte[] end = frames("{\"event\":{\"end\":{\"exited\":true}}}");
    byte[] whole = new byte[head.length + end.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(end, 0, whole, head.length, end.length);
    for (int at = 0; at <= whole.length; at++) {
      byte[] sent = Arrays.copyOf(whole, at);
      fake.programs.put("x", out -> out.raw(sent));
      ThrowingCallable run = sandboxCalls(sandbox).get("run");
      if (at == whole.length) {
        assertThat(catchThrowable(run)).as("the end was told").isNull();
      } else {
        assertThatThrownBy(run)
            .as("cut at %d", at)
            .isInstanceOfSatisfying(
                E2bTransportException.class, e -> assertThat(e.mayHaveBeenAccepted()).isTrue())
            .hasMessageContaining(sandbox.sandboxId());
      }
    }
    nothingIsHeld();
  }

  /** It answers to the end of time, which would be waited for without a time-out. */
  @Test
  void aProcessWithoutAPidIsAFailureThoughTheStreamGoesOn() throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    fake.programs.put(
        "x",
        out -> {
          out.raw(frames("{\"event\":{\"start\":{}}}"));
          over.await();
        });
    try {
      assertThatThrownBy(sandboxCalls(sandbox).get("run"))
          .isInstanceOf(E2bProtocolException.class)
          .hasMessageContaining("a process without a pid was told");
    } finally {
      over.countDown();
    }
    nothingIsHeld();
  }

  private static byte[] frames(String... messages) {
    Buffer bytes = new Buffer();
    for (String message : messages) {
      bytes.write(FrameDecoder.encode(message.getBytes(StandardCharsets.UTF_8)));
    }
    return bytes.readByteArray();
  }

  @Test
  void whatIsMissingOrNullOrOfAnotherKindIsNeverMoreThanAnErrorOfE2bs() {
    List<String> answers =
        List.of(
            "{}",
            "null",
            "[]",
            "[null]",
            "1",
            "\"x\"",
            "{\"entry\":null}",
            "{\"entry\":[]}",
            "{\"entries\":[null]}",
            "{\"processes\":[null,{}]}",
            "{\"processes\":{}}",
            "{\"sandboxes\":{\"i1\":null}}",
            "{\"logs\":[null]}",
            "[{\"metadata\":{\"a\":null}}]",
            "{\"sandboxID\":\"i1\",\"templateID\":null}",
            "{\"snapshotID\":7,\"names\":[null]}");
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>(apiCalls(client));
    for (String unary : List.of("list", "stat", "entries", "move", "make")) {
      calls.put("sandbox " + unary, sandboxCalls(sandbox).get(unary));
    }
    for (String answer : answers) {
      calls.forEach(
          (name, call) -> {
            fake.answerNext("/", new MockResponse.Builder().body(answer).build());
            Throwable failure = catchThrowable(call);
            if (failure != null) {
              assertThat(failure).as("%s: %s", name, answer).isInstanceOf(E2bException.class);
            }
          });
    }
    nothingIsHeld();
  }

  @Test
  void outputThatIsNotUtf8IsHandedOnAsItIs() {
    byte[] bytes = {'a', (byte) 0xff, (byte) 0xc3, '(', 0, (byte) 0xe2, (byte) 0x82};
    for (int at = 0; at <= bytes.length; at++) {
      int split = at;
      fake.programs.put(
          "x",
          out ->
              out.start(1)
                  .stdout(Arrays.copyOf(bytes, split))
                  .stdout(Arrays.copyOfRange(bytes, split, bytes.length))
                  .end(0)
                  .trailer());
      CommandResult result = sandbox.commands().run(Command.of("x"));
      assertThat(result.stdoutBytes()).as("split at %d", at).isEqualTo(bytes);
      assertThat(result.stdout()).isEqualTo("a\ufffd\ufffd(\0\ufffd");
      List<String> text = new CopyOnWriteArrayList<>();
      OutputListener listener = OutputListener.text(text::add, text::add);
      try (RunningCommand running = sandbox.commands().start(Command.of("x"), listener)) {
        assertThat(running.awaitExit(Waiting.LONG)).isPresent();
      }
      assertThat(String.join("", text)).as("split at %d", at).isEqualTo(result.stdout());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void garbageInPlaceOfAStreamIsAnErrorWhateverItIs(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      byte[] garbage = new byte[1 + random.nextInt(400)];
      random.nextBytes(garbage);
      // A frame that looks like one is the harder case.
      if (random.nextBoolean()) {
        garbage = FrameDecoder.encode(garbage);
      }
      byte[] sent = garbage;
      boolean finished = random.nextBoolean();
      FakeEnvd.Program program =
          out -> {
            out.raw(sent);
            if (finished) {
              out.finishBody();
            }
          };
      fake.programs.put("x", program);
      fake.programs.put("watch /d", program);
      fake.programs.put("attach 7", program);
      for (String name : List.of("run", "watch", "attach")) {
        assertThat(catchThrowable(sandboxCalls(sandbox).get(name)))
            .as("seed %d, round %d, %s: %s", seed, round, name, Arrays.toString(sent))
            .isInstanceOf(E2bException.class)
            .hasMessageContaining(sandbox.sandboxId());
      }
    }
    nothingIsHeld();
  }

  @Test
  void aClaimOfTwoGigabytesCostsNothingAndEndsTheStream() {
    byte[] claim = {0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, '{'};
    for (String name : List.of("x", "watch /d", "attach 7")) {
      fake.programs.put(
          name,
          out -> {
            out.raw(claim);
            release.await();
          });
    }
    for (String name : List.of("run", "watch", "attach")) {
      assertThatThrownBy(sandboxCalls(sandbox).get(name))
          .as(name)
          .isInstanceOf(E2bProtocolException.class)
          .hasMessageContaining("2147483647");
    }
    nothingIsHeld();
  }

  @Test
  void aLineOfJsonThatIsSplitAnywhereIsTheSameLine() {
    String line = "{\"type\":\"résumé\",\"text\":\"😀 \\u00e4\"}\n";
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at <= bytes.length; at++) {
      int split = at;
      fake.programs.put(
          "x",
          out ->
              out.start(1)
                  .stdout(Arrays.copyOf(bytes, split))
                  .stdout(Arrays.copyOfRange(bytes, split, bytes.length))
                  .end(0)
                  .trailer());
      List<String> pieces = new CopyOnWriteArrayList<>();
      OutputListener listener = OutputListener.text(pieces::add, pieces::add);
      try (RunningCommand running = sandbox.commands().start(Command.of("x"), listener)) {
        assertThat(running.awaitExit(Waiting.LONG)).isPresent();
      }
      assertThat(String.join("", pieces)).as("split at %d", at).isEqualTo(line);
    }
  }

  @Test
  void unknownFieldsAreIgnoredInEveryAnswer() {
    fake.answerNext(
        "/Stat",
        FakeE2b.json(
            200, Map.of("entry", Map.of("name", "a", "tomorrow", Map.of("x", 1)), "more", 1)));
    assertThat(sandbox.files().stat("/a").name()).isEqualTo("a");
    fake.answerNext(
        "/List",
        FakeE2b.json(200, Map.of("processes", List.of(Map.of("pid", 3, "new", List.of())))));
    assertThat(sandbox.commands().list()).extracting(ProcessInfo::pid).containsExactly(3L);
    fake.programs.put(
        "x",
        out ->
            out.message("{\"event\":{\"start\":{\"pid\":9,\"new\":[1]}},\"also\":{}}")
                .message("{\"event\":{\"tomorrow\":{}}}")
                .message("{}")
                .message("{\"event\":{\"data\":{}}}")
                .end(0)
                .trailer());
    assertThat(sandbox.commands().run(Command.of("x")).pid()).isEqualTo(9);
  }
}
