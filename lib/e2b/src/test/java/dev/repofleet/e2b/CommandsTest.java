package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command gives, and what is asked of envd for it. */
class CommandsTest extends FakeSandboxTest {
  @Test
  void runCollectsOutputAndTheExitCodeZeroThatIsNotOnTheWire() {
    CommandResult result =
        run("ok", out -> out.start(7).stdout("a\n").stderr("e").stdout("b").end(0).trailer());
    assertThat(result.pid()).isEqualTo(7);
    assertThat(result.exitCode()).isZero();
    assertThat(result.succeeded()).isTrue();
    assertThat(result.stdout()).isEqualTo("a\nb");
    assertThat(result.stderr()).isEqualTo("e");
    assertThat(result.signal()).isEmpty();
    assertThat(result.truncated()).isFalse();
  }

  @Test
  void anExitCodeIsAResult() {
    CommandResult result = run("seven", out -> out.start(7).end(7).trailer());
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.succeeded()).isFalse();
    assertThat(result.exit().describe()).isEqualTo("exit code 7");
  }

  @Test
  void aDeathBySignalIsToldApart() {
    CommandResult result = run("dies", out -> out.start(7).endBySignal("killed").trailer());
    assertThat(result.exitCode()).isEqualTo(-1);
    assertThat(result.exit().exited()).isFalse();
    assertThat(result.signal()).contains("killed");
    assertThat(result.succeeded()).isFalse();
    assertThat(result.exit().describe()).isEqualTo("signal killed");
  }

  @Test
  void theRequestIsWhatEnvdExpects() throws IOException {
    fake.programs.put("/bin/bash", out -> out.start(1).end(0).trailer());
    Command command =
        Command.shellBuilder("echo $X")
            .cwd("/srv/job")
            .env("X", "hush")
            .timeout(Duration.ofNanos(1_500_000_001L))
            .build();
    sandbox.withUser("root").commands().run(command);
    RecordedRequest request = fake.last("/Start");
    byte[] frame = bytes(request);
    assertThat(Arrays.copyOf(frame, 5))
        .isEqualTo(new byte[] {0, 0, 0, 0, (byte) (frame.length - 5)});
    JsonNode body = FakeE2b.JSON.readTree(frame, 5, frame.length - 5);
    assertThat(body.toString())
        .isEqualTo(
            "{\"process\":{\"cmd\":\"/bin/bash\",\"args\":[\"-l\",\"-c\",\"echo $X\"],"
                + "\"envs\":{\"X\":\"hush\"},\"cwd\":\"/srv/job\"},\"stdin\":false}");
    Map<String, String> expected =
        Map.of(
            "Content-Type", "application/connect+json",
            "Connect-Protocol-Version", "1",
            "Connect-Timeout-Ms", "1501",
            "Keepalive-Ping-Interval", "20",
            "E2b-Sandbox-Id", sandbox.sandboxId(),
            "E2b-Sandbox-Port", "49983",
            "X-Access-Token", fake.box(sandbox.sandboxId()).token);
    expected.forEach(
        (name, value) -> assertThat(request.getHeaders().get(name)).as(name).isEqualTo(value));
    assertThat(FakeE2b.basicUser(request)).isEqualTo("root:");
    assertThat(request.getHeaders().get("X-API-KEY")).isNull();
    assertThat(request.getHeaders().get("Content-Length")).isNotNull();
  }

  private static byte[] bytes(RecordedRequest request) {
    okio.ByteString body = request.getBody();
    return body == null ? new byte[0] : body.toByteArray();
  }

  @Test
  void withoutALimitNoTimeoutHeaderIsSentAndWithoutAUserNone() {
    run("x", out -> out.start(1).end(0).trailer());
    assertThat(fake.last("/Start").getHeaders().get("Connect-Timeout-Ms")).isNull();
    assertThat(fake.last("/Start").getHeaders().get("Authorization")).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64, 100_000})
  void piecesOfAnySizeGiveTheSameResult(int chunkSize) {
    fake.envd.chunkSize = chunkSize;
    byte[] text = "é€😀\n".repeat(20).getBytes(StandardCharsets.UTF_8);
    CommandResult result =
        run(
            "split",
            out -> {
              out.start(3).keepalive();
              for (int i = 0; i < text.length; i += 3) {
                out.stdout(Arrays.copyOfRange(text, i, Math.min(text.length, i + 3)));
              }
              out.message("{\"event\":{\"weather\":{\"sun\":true}}, \"more\": 1}");
              out.end(0).trailer();
            });
    assertThat(result.stdoutBytes()).isEqualTo(text);
    assertThat(result.stdout()).isEqualTo("é€😀\n".repeat(20));
  }

  @Test
  void outputBeyondTheBoundIsDroppedAndFlagged() {
    fake.programs.put(
        "loud", out -> out.start(1).stdout("12345").stdout("6789").stderr("ok").end(0).trailer());
    CommandResult result = sandbox.commands().run(Command.builder("loud").maxOutput(7).build());
    assertThat(result.stdout()).isEqualTo("1234567");
    assertThat(result.stdoutTruncated()).isTrue();
    assertThat(result.stderr()).isEqualTo("ok");
    assertThat(result.stderrBytes()).containsExactly('o', 'k');
    assertThat(result.stderrTruncated()).isFalse();
    assertThat(result.truncated()).isTrue();
    assertThat(result.toString()).doesNotContain("1234567");
  }

  @Test
  void startReturnsWhileTheProcessRunsAndStreamsText() throws InterruptedException {
    List<String> pieces = new CopyOnWriteArrayList<>();
    CountDownLatch first = new CountDownLatch(1);
    AtomicReference<String> thread = new AtomicReference<>("");
    fake.programs.put(
        "slow",
        out -> {
          out.start(42).stdout(new byte[] {'a', (byte) 0xe2, (byte) 0x82});
          release.await();
          out.stdout(new byte[] {(byte) 0xac}).end(3).trailer();
        });
    OutputListener listener =
        OutputListener.text(
            text -> {
              pieces.add(text);
              thread.set(Thread.currentThread().getName());
              first.countDown();
            },
            text -> {});
    try (RunningCommand running = sandbox.commands().start(Command.of("slow"), listener)) {
      assertThat(running.pid()).isEqualTo(42);
      assertThat(first.await(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(running.isEnded()).isFalse();
      assertThat(running.awaitExit(Duration.ofMillis(1))).isEmpty();
      release.countDown();
      assertThat(running.awaitExit(Waiting.LONG))
          .contains(new CommandExit(3, true, "exit status x"));
      assertThat(running.isEnded()).isTrue();
    }
    assertThat(pieces).containsExactly("a", "€");
    assertThat(thread.get()).isEqualTo("e2b-output-" + sandbox.sandboxId());
  }

  @Test
  void detachLetsGoWithoutASignal() {
    CountDownLatch ended = new CountDownLatch(1);
    fake.programs.put(
        "job",
        out -> {
          out.start(42);
          release.await();
        });
    fake.processes.put(42L, "job");
    OutputListener listener =
        new OutputListener() {
          @Override
          public void onStdout(byte[] bytes) {}

          @Override
          public void onStderr(byte[] bytes) {}

          @Override
          public void onEnd() {
            ended.countDown();
          }
        };
    RunningCommand running = sandbox.commands().start(Command.of("job"), listener);
    running.detach();
    running.close();
    Waiting.until("the listener is told", () -> ended.getCount() == 0);
    assertThatThrownBy(() -> running.awaitExit(Waiting.LONG))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cannot await exit while detached (pid 42)");
    assertThat(fake.signals).isEmpty();
  }

  @Test
  void killSendsTheSignalAndKnowsWhenItIsTooLate() {
    fake.processes.put(42L, "job");
    fake.programs.put(
        "job",
        out -> {
          out.start(42);
          release.await();
          out.endBySignal("killed").trailer();
        });
    try (RunningCommand running =
        sandbox.commands().start(Command.of("job"), OutputListener.discarding())) {
      assertThat(running.kill()).isTrue();
      assertThat(running.kill()).isFalse();
      release.countDown();
      assertThat(running.awaitExit(Waiting.LONG).orElseThrow().signal()).contains("killed");
      fake.processes.put(42L, "another process that got the same pid");
      assertThat(running.kill()).isFalse();
    }
    assertThat(fake.signals).containsExactly("SIGNAL_SIGKILL 42");
  }

  @Test
  void listNamesProcessesButNotTheirEnvironment() {
    assertThat(sandbox.commands().list()).isEmpty();
    fake.processes.put(5L, "sleep");
    List<ProcessInfo> processes = sandbox.commands().list();
    assertThat(processes).containsExactly(new ProcessInfo(5, List.of("sleep", "-x"), null, null));
    assertThat(processes.toString()).doesNotContain("hush");
  }

  @Test
  void signalsGoByPidAndAMissingProcessIsNotFound() {
    fake.processes.put(5L, "sleep");
    sandbox.commands().signal(5, ProcessSignal.SIGTERM);
    assertThat(fake.signals).containsExactly("SIGNAL_SIGTERM 5");
    NotFoundException failure =
        catchThrowableOfType(
            NotFoundException.class, () -> sandbox.commands().signal(5, ProcessSignal.SIGTERM));
    assertThat(failure)
        .hasMessageContaining("send SIGTERM to pid 5 in sandbox " + sandbox.sandboxId())
        .hasMessageContaining("process with pid 5 not found");
    assertThat(failure.errorCode()).contains("not_found");
  }

  @Test
  void aListenerThatThrowsEndsTheListeningWithItsCause() {
    fake.programs.put(
        "x",
        out -> {
          out.start(1).stdout("boom");
          release.await();
        });
    OutputListener angry =
        OutputListener.text(
            text -> {
              throw new IllegalArgumentException("not this");
            },
            text -> {});
    try (RunningCommand running = sandbox.commands().start(Command.of("x"), angry)) {
      assertThatThrownBy(() -> running.awaitExit(Waiting.LONG))
          .isExactlyInstanceOf(E2bException.class)
          .hasMessageContaining("the output listener threw")
          .hasRootCauseMessage("not this");
    }
  }

  @Test
  void anErrorOfAListenerEndsTheListeningToo() {
    fake.programs.put(
        "x",
        out -> {
          out.start(1).stdout("boom");
          release.await();
        });
    CountDownLatch ended = new CountDownLatch(1);
    OutputListener asserting =
        new OutputListener() {
          @Override
          public void onStdout(byte[] bytes) {
            throw new AssertionError("not this");
          }

          @Override
          public void onStderr(byte[] bytes) {}

          @Override
          public void onEnd() {
            ended.countDown();
          }
        };
    try (RunningCommand running = sandbox.commands().start(Command.of("x"), asserting)) {
      assertThatThrownBy(() -> running.awaitExit(Waiting.LONG))
          .isExactlyInstanceOf(E2bException.class)
          .hasRootCauseMessage("not this");
    }
    assertThat(ended.getCount()).isZero();
  }

  @Test
  void anInterruptedRunLetsGoOfTheStreamAndLeavesTheProcess() throws InterruptedException {
    fake.programs.put(
        "long",
        out -> {
          out.start(1);
          release.await();
        });
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              failure.set(catchThrowable(() -> sandbox.commands().run(Command.of("long"))));
              flag.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    Waiting.until("the command starts", () -> fake.countOf("/Start") == 1);
    thread.interrupt();
    thread.join(Waiting.LONG.toMillis());
    assertThat(failure.get()).isInstanceOf(E2bInterruptedException.class);
    assertThat(flag.get()).isTrue();
    assertThat(fake.signals).isEmpty();
  }

  @Test
  void manyStreamsDoNotHoldUpAShortCall() {
    fake.programs.put(
        "long",
        out -> {
          out.start(1);
          release.await();
        });
    for (int i = 0; i < 80; i++) {
      sandbox.commands().start(Command.of("long"), OutputListener.discarding());
    }
    assertThat(sandbox.commands().list()).isEmpty();
    client.close();
  }

  @Test
  void argumentsAndValuesStayOutOfTextAndMessages() {
    Command command =
        Command.builder("tool", "--password=hush").env("KEY", "hush2").cwd("/w").build();
    assertThat(command.toString())
        .doesNotContain("hush")
        .isEqualTo("Command[tool and 1 arguments, cwd=/w, env=[KEY], timeout=null]");
    fake.boxes.remove(sandbox.sandboxId());
    assertThat(catchThrowable(() -> sandbox.commands().run(command)).toString())
        .contains("run tool in sandbox")
        .doesNotContain("hush");
  }

  @Test
  void aTokenThatEnvdEchoesIsHidden() {
    String token = fake.box(sandbox.sandboxId()).token;
    assertThatThrownBy(() -> run("x", out -> out.start(1).error("internal", "saw " + token)))
        .hasMessageContaining("saw [hidden]")
        .hasMessageNotContaining(token);
  }

  @Test
  void whatIsNoUserOrNoCommandIsRefused() {
    for (String user : List.of("", "a:b", "root\n", "Root", "-x", "a b")) {
      assertThatThrownBy(() -> sandbox.withUser(user)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Command.of()).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Command.builder("x").timeout(Duration.ZERO).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Command.builder("x").timeout(Duration.ofDays(116)).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Command.builder("x").maxOutput(-1).build())
        .isInstanceOf(IllegalArgumentException.class);
  }
}
