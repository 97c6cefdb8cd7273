package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 15, unit = TimeUnit.MINUTES)
class TerminalIT {
  @TempDir private Path data;

  /** A shell in a terminal, and what it has said. */
  private static final class Shell {
    private final WireClient client;
    private final WireClient.Box box;
    private final WireClient.Events events;
    private final long pid;
    private final StringBuilder said = new StringBuilder();
    private JsonNode end = Wire.object();

    Shell(WireClient client, WireClient.Box box, String user) throws Exception {
      this.client = client;
      this.box = box;
      ObjectNode request = Wire.object();
      ObjectNode process = request.putObject("process").put("cmd", "/bin/bash");
      process.putArray("args").add("-i").add("-l");
      process.putObject("envs").put("TERM", "xterm-256color").put("PS1", "$ ");
      request.putObject("pty").putObject("size").put("cols", 80).put("rows", 24);
      events = client.start(box, user, request, Map.of());
      pid = events.pid();
    }

    void type(String text) {
      ObjectNode request = Wire.object();
      request.putObject("process").put("pid", pid);
      request.putObject("input").put("pty", text.getBytes(StandardCharsets.UTF_8));
      WireClient.Answer answer =
          client.rpc(box, "user", "process.Process/SendInput", request.toString());
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    void resize(int columns, int rows) {
      ObjectNode request = Wire.object();
      request.putObject("process").put("pid", pid);
      request.putObject("pty").putObject("size").put("cols", columns).put("rows", rows);
      WireClient.Answer answer =
          client.rpc(box, "user", "process.Process/Update", request.toString());
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    Shell awaitText(String text) throws Exception {
      while (said.indexOf(text) < 0) {
        ObjectNode event = events.next();
        assertThat(event.has("trailer")).as("ended before '%s': %s", text, said).isFalse();
        take(event);
      }
      return this;
    }

    private void take(ObjectNode event) {
      assertThat(event.path("data").has("stdout")).isFalse();
      String part = event.path("data").path("pty").asText("");
      said.append(new String(Base64.getDecoder().decode(part), StandardCharsets.UTF_8));
      end = event.has("end") ? event.get("end") : end;
    }

    JsonNode awaitEnd() throws Exception {
      for (ObjectNode event = events.next(); !event.has("trailer"); event = events.next()) {
        take(event);
      }
      return end;
    }
  }

  private static void works(WireClient client, String user) throws Exception {
    WireClient.Box box = client.create();
    Shell shell = new Shell(client, box, user);
    shell.type("tty; test -t 1 && echo 'is a 'terminal; stty size\n");
    shell.awaitText("/dev/pts/").awaitText("is a terminal").awaitText("24 80");
    shell.resize(100, 40);
    shell.type("stty size\n");
    shell.awaitText("40 100");
    // Said by the process in the foreground: before it is there, Ctrl-C only reaches the shell, and
    // a shell that is about to become another program can lose it.
    shell.type("echo about' 'to wait >said; tail -f said\n");
    shell.awaitText("about to wait");
    shell.type("\u0003");
    shell.type("echo after' 'interrupt\n");
    shell.awaitText("after interrupt");
    shell.type("exit 7\n");
    assertThat(shell.awaitEnd().path("exitCode").asInt()).isEqualTo(7);

    Shell killed = new Shell(client, box, user);
    String kill = "{\"process\":{\"pid\":" + killed.pid + "},\"signal\":\"SIGNAL_SIGKILL\"}";
    assertThat(client.rpc(box, user, "process.Process/SendSignal", kill).body()).isEqualTo("{}");
    assertThat(killed.awaitEnd().path("status").asText()).isEqualTo("signal: killed");
    client.kill(box);
  }

  @Test
  void aShellInATerminalWorksInsideTheIsolation() throws Exception {
    try (TestServer server = TestServer.isolated(data, builder -> {})) {
      works(server.client(), "user");
      works(server.client(), "root");
    }
  }

  @Test
  void aShellInATerminalWorksWithoutIsolation() throws Exception {
    try (TestServer server = TestServer.plain(data)) {
      works(server.client(), "user");
    }
  }

  @Test
  void aProcessWithoutATerminalHasNoSizeAndABadSizeIsRefused() throws Exception {
    try (TestServer server = TestServer.plain(data)) {
      WireClient client = server.client();
      WireClient.Box box = client.create();
      long pid = client.stream(box, "user", "sleep 4322", Map.of()).pid();
      String resize =
          "{\"process\":{\"pid\":" + pid + "},\"pty\":{\"size\":{\"cols\":1,\"rows\":1}}}";
      WireClient.Answer answer = client.rpc(box, "user", "process.Process/Update", resize);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().get("code").asText()).isEqualTo("failed_precondition");
      ObjectNode request = Wire.object();
      request.putObject("process").put("cmd", "/bin/true");
      request.putObject("pty").putObject("size").put("cols", 0);
      assertThat(client.start(box, "user", request, Map.of()).next().toString())
          .contains("invalid_argument");
    }
  }
}
