package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What can be done to a process that runs: stdin, signals, re-attaching, terminals. */
class RunningProcessTest extends FakeSandboxTest {
  private RunningCommand job(Command command) {
    fake.programs.put(
        command.argv().get(0),
        out -> {
          out.start(42);
          release.await();
          out.end(0).trailer();
        });
    fake.processes.put(42L, "job");
    return sandbox.commands().start(command, OutputListener.discarding());
  }

  @Test
  void stdinIsOpenedWrittenInPiecesAndClosed() throws IOException {
    try (RunningCommand running = job(Command.builder("cat").stdin(true).build())) {
      assertThat(FakeEnvd.frame(fake.last("/Start")).path("stdin").asBoolean()).isTrue();
      running.sendStdin(ascii("a\n"));
      running.sendStdin(new byte[0]);
      running.sendStdin(ascii("x".repeat(65_537)));
      running.closeStdin();
      assertThat(fake.envd.changes)
          .containsExactly("stdin a\n", "stdin " + "x".repeat(65_536), "stdin x", "close");
      fake.processes.clear();
      assertThatThrownBy(() -> running.sendStdin(ascii("late")))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("write to the stdin of pid 42");
      assertThatThrownBy(running::closeStdin).isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void stdinThatIsNotOpenIsARefusalInEnvdsWords() {
    try (RunningCommand running = job(Command.of("cat"))) {
      fake.answerNext(
          "/SendInput", FakeE2b.connectError(400, "failed_precondition", "stdin is not open"));
      assertThatThrownBy(() -> running.sendStdin(ascii("x")))
          .isInstanceOf(E2bStatusException.class)
          .hasMessageContaining("stdin is not open");
    }
  }

  @Test
  void attachingGivesWhatComesFromNowOnAndTheExit() {
    fake.programs.put(
        "attach 42", out -> out.start(42).keepalive().stdout("late").end(3).trailer());
    List<String> texts = new CopyOnWriteArrayList<>();
    try (RunningCommand running =
        sandbox.commands().connect(42, OutputListener.text(texts::add, texts::add))) {
      assertThat(running.pid()).isEqualTo(42);
      assertThat(running.awaitExit(Waiting.LONG).orElseThrow().exitCode()).isEqualTo(3);
    }
    assertThat(texts).containsExactly("late");
    assertThat(fake.last("/Connect").getHeaders().get("Connect-Timeout-Ms")).isNull();
    assertThatThrownBy(() -> sandbox.commands().connect(43, OutputListener.discarding()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("attach to pid 43");
  }

  @Test
  void anAttachedStreamThatIsCutLeavesTheProcess() {
    fake.programs.put("attach 42", out -> out.start(42).stdout("x"));
    try (RunningCommand running = sandbox.commands().connect(42, OutputListener.discarding())) {
      assertThatThrownBy(() -> running.awaitExit(Waiting.LONG))
          .isInstanceOf(E2bTransportException.class)
          .hasMessageContaining("the process may still run (pid 42)");
    }
  }

  @Test
  void aSignalReachesTheProcessAndAGroupIsSignalledByACommand() throws IOException {
    try (RunningCommand running = job(Command.builder("tool", "-x").ownGroup().build())) {
      JsonNode process = FakeEnvd.frame(fake.last("/Start")).path("process");
      assertThat(process.path("cmd").asText()).isEqualTo("timeout");
      assertThat(process.path("args").toString()).isEqualTo("[\"0\",\"tool\",\"-x\"]");
      fake.programs.put("/bin/bash", out -> out.start(50).end(0).trailer());
      assertThat(running.signalGroup(ProcessSignal.SIGTERM)).isTrue();
      assertThat(FakeEnvd.frame(fake.last("/Start")).path("process").path("args").toString())
          .isEqualTo("[\"-c\",\"kill -s \\\"$1\\\" -- \\\"-$2\\\"\",\"kill\",\"TERM\",\"42\"]");
      fake.programs.put(
          "/bin/bash", out -> out.start(50).stderr("kill: No such process").end(1).trailer());
      assertThat(running.signalGroup(ProcessSignal.SIGKILL)).isFalse();
      fake.programs.put(
          "/bin/bash", out -> out.start(50).stderr("not permitted\n").end(1).trailer());
      assertThatThrownBy(() -> running.signalGroup(ProcessSignal.SIGKILL))
          .hasMessageContaining("group of pid 42")
          .hasMessageContaining("not permitted");
      assertThat(running.signal(ProcessSignal.SIGTERM)).isTrue();
      assertThat(fake.signals).containsExactly("SIGNAL_SIGTERM 42");
    }
    assertThatThrownBy(() -> sandbox.commands().signalGroup(1, ProcessSignal.SIGKILL))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTerminalTakesKeysAndASizeAndShowsBytes() throws IOException {
    fake.programs.put(
        "/bin/bash",
        out -> {
          out.start(42).pty(new byte[] {27, '[', (byte) 0xe2});
          release.await();
          out.pty(new byte[] {(byte) 0x82}).end(0).trailer();
        });
    fake.processes.put(42L, "bash");
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    Command shell = Pty.shell().env("LANG", "de_DE.UTF-8").cwd("/srv").build();
    try (RunningTerminal terminal =
        sandbox.pty().start(shell, new TerminalSize(132, 43), screen::writeBytes)) {
      JsonNode start = FakeEnvd.frame(fake.last("/Start"));
      assertThat(start.path("pty").toString()).isEqualTo("{\"size\":{\"cols\":132,\"rows\":43}}");
      assertThat(start.path("process").path("envs").path("TERM").asText())
          .isEqualTo("xterm-256color");
      assertThat(start.path("process").path("envs").path("LANG").asText()).isEqualTo("de_DE.UTF-8");
      terminal.write(new byte[] {3});
      terminal.resize(TerminalSize.DEFAULT);
      release.countDown();
      assertThat(terminal.awaitExit(Waiting.LONG).orElseThrow().succeeded()).isTrue();
      assertThat(terminal.kill()).isFalse();
    }
    assertThat(screen.toByteArray()).isEqualTo(new byte[] {27, '[', (byte) 0xe2, (byte) 0x82});
    assertThat(fake.envd.changes).containsExactly("pty \u0003", "resize {\"cols\":80,\"rows\":24}");
    assertThatThrownBy(() -> new TerminalSize(0, 24)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTerminalIsAttachedToAgain() {
    fake.programs.put(
        "attach 42", out -> out.start(42).pty(ascii("again")).endBySignal("killed").trailer());
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    try (RunningTerminal terminal = sandbox.pty().connect(42, screen::writeBytes)) {
      assertThat(terminal.pid()).isEqualTo(42);
      assertThat(terminal.awaitExit(Waiting.LONG).orElseThrow().signal()).contains("killed");
    }
    assertThat(screen.toString(StandardCharsets.US_ASCII)).isEqualTo("again");
  }
}
