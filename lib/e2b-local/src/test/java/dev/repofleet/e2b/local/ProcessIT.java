package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.host.ClaudeInstall;
import dev.repofleet.e2b.local.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessIT {
  @TempDir static Path data;
  private static TestServer server;
  private static WireClient client;
  private static WireClient.Box box;

  @BeforeAll
  static void startServer() throws Exception {
    server = TestServer.isolated(data, builder -> builder.environment("FLEET", "one"));
    client = server.client();
    box = client.create("{\"templateID\":\"claude\",\"timeout\":600,\"envVars\":{\"A\":\"b c\"}}");
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  private static void awaitEmptyList() {
    Awaiting.until(
        "no process runs",
        () -> client.rpc(box, "user", "process.Process/List", "{}").body().equals("{}"));
  }

  @Test
  void outputExitCodeUserAndVariablesAreThoseAskedFor() {
    WireClient.Result result =
        client.run(box, "user", "echo out; echo err >&2; id -un; pwd; echo $A $FLEET; exit 7");
    assertThat(result.out()).isEqualTo("out\nuser\n/home/user\nb c one\n");
    assertThat(result.err()).isEqualTo("err\n");
    assertThat(result.end().toString())
        .isEqualTo(
            "{\"exitCode\":7,\"exited\":true,\"status\":\"exit status 7\","
                + "\"error\":\"exit status 7\"}");
    assertThat(result.trailer().toString()).isEqualTo("{}");
    assertThat(client.run(box, "root", "id -u; echo $HOME").out()).isEqualTo("0\n/root\n");
    assertThat(client.run(box, "user", "true").end().toString())
        .isEqualTo("{\"exited\":true,\"status\":\"exit status 0\"}");
  }

  @Test
  void aMissingProgramExits127AndAMissingDirectoryIsAnInvalidArgument() {
    ObjectNode missing = Wire.object().put("stdin", false);
    missing.putObject("process").put("cmd", "no-such-program");
    WireClient.Result result = client.start(box, "user", missing, Map.of()).drain();
    assertThat(result.exitCode()).isEqualTo(127);
    assertThat(result.err()).contains("not found");

    ObjectNode nowhere = Wire.object();
    nowhere.putObject("process").put("cmd", "true").put("cwd", "/no/where");
    WireClient.Result refused = client.start(box, "user", nowhere, Map.of()).drain();
    assertThat(refused.end().isEmpty()).isTrue();
    assertThat(refused.trailer().toString())
        .contains("\"invalid_argument\"", "cwd '/no/where' does not exist");
  }

  @Test
  void aSignalGoesToTheProcessAloneAndEndsTheStreamAtOnce() throws Exception {
    WireClient.Events stream = client.stream(box, "user", "sleep 300 & echo $!; wait", Map.of());
    long pid = stream.pid();
    String child =
        new String(
                Base64.getDecoder().decode(stream.next().path("data").path("stdout").asText()),
                StandardCharsets.UTF_8)
            .strip();
    String body = "{\"process\":{\"pid\":" + pid + "},\"signal\":\"SIGNAL_SIGKILL\"}";
    assertThat(client.rpc(box, "user", "process.Process/SendSignal", body).status()).isEqualTo(200);
    assertThat(stream.drain().end().toString())
        .isEqualTo("{\"exitCode\":-1,\"status\":\"signal: killed\",\"error\":\"signal: killed\"}");
    assertThat(client.run(box, "user", "kill -0 " + child + " && echo alive").out())
        .isEqualTo("alive\n");
    client.run(box, "user", "kill -9 " + child);
    WireClient.Answer late = client.rpc(box, "user", "process.Process/SendSignal", body);
    assertThat(late.status()).isEqualTo(404);
    assertThat(late.json().get("code").asText()).isEqualTo("not_found");
  }

  @Test
  void sigtermIsToldAsASignalAndATrapMayAnswerIt() throws Exception {
    WireClient.Events plain = client.stream(box, "user", "exec sleep 300", Map.of());
    WireClient.Events trapping =
        client.stream(
            box,
            "user",
            "trap 'echo bye; exit 3' TERM; echo on; while :; do sleep 0.05; done",
            Map.of());
    long plainPid = plain.pid();
    long trappingPid = trapping.pid();
    trapping.next();
    for (long pid : new long[] {plainPid, trappingPid}) {
      client.rpc(
          box,
          "user",
          "process.Process/SendSignal",
          "{\"process\":{\"pid\":" + pid + "},\"signal\":\"SIGNAL_SIGTERM\"}");
    }
    assertThat(plain.drain().end().path("status").asText()).isEqualTo("signal: terminated");
    WireClient.Result trapped = trapping.drain();
    assertThat(trapped.out()).isEqualTo("bye\n");
    assertThat(trapped.exitCode()).isEqualTo(3);
  }

  @Test
  void theTimeLimitOfStartKillsTheProcessEvenIfTheClientHasLeft() throws Exception {
    Map<String, String> limit = Map.of("Connect-Timeout-Ms", "700");
    WireClient.Events left = client.stream(box, "user", "exec sleep 301", limit);
    long pid = left.pid();
    left.close();
    WireClient.Events stays = client.connect(box, pid);
    assertThat(stays.drain().end().path("status").asText()).isEqualTo("signal: killed");
    WireClient.Result own = client.stream(box, "user", "exec sleep 302", limit).drain();
    assertThat(own.trailer().path("error").path("code").asText()).isEqualTo("deadline_exceeded");
    awaitEmptyList();
  }

  @Test
  void aClientThatLeavesLeavesTheProcessAndALaterOneSeesOnlyWhatIsNew() throws Exception {
    WireClient.Events first =
        client.stream(
            box,
            "user",
            "echo old; while [ ! -e /tmp/go ]; do sleep 0.02; done; echo new; exit 4",
            Map.of());
    long pid = first.pid();
    first.next();
    first.close();
    WireClient.Events second = client.connect(box, pid);
    assertThat(second.pid()).isEqualTo(pid);
    client.write(box, "user", "/tmp/go", "");
    WireClient.Result result = second.drain();
    assertThat(result.out()).isEqualTo("new\n");
    assertThat(result.exitCode()).isEqualTo(4);
    WireClient.Events late = client.connect(box, pid);
    assertThat(late.pid()).isEqualTo(pid);
    assertThat(late.drain().exitCode()).isEqualTo(4);
    assertThat(client.connect(box, 999_999).drain().trailer().toString()).contains("not_found");
  }

  @Test
  void outputNobodyReadsIsDroppedAndDoesNotBlock() throws Exception {
    WireClient.Events first =
        client.stream(
            box,
            "user",
            "while [ ! -e /tmp/away ]; do sleep 0.02; done; head -c 5000000 /dev/zero;"
                + " echo done > /tmp/finished",
            Map.of());
    first.pid();
    first.close();
    client.write(box, "user", "/tmp/away", "");
    Awaiting.until(
        "it finishes", () -> client.read(box, "user", "/tmp/finished").body().equals("done\n"));
  }

  @Test
  void aStalledReaderHoldsTheProcessBackUntilItLeaves() throws Exception {
    WireClient.Events stalled =
        client.stream(
            box, "user", "head -c 60000000 /dev/zero; echo done > /tmp/written", Map.of());
    long pid = stalled.pid();
    client.run(box, "user", "sleep 0.5");
    assertThat(client.read(box, "user", "/tmp/written").status()).isEqualTo(404);
    WireClient.Events second = client.connect(box, pid);
    assertThat(second.pid()).isEqualTo(pid);
    stalled.close();
    assertThat(second.drain().exitCode()).isZero();
    assertThat(client.read(box, "user", "/tmp/written").status()).isEqualTo(200);
  }

  @Test
  void fiftyMegabytesComeThroughWhole() {
    WireClient.Result result =
        client.run(box, "user", "head -c 37500000 /dev/urandom | base64 -w 0 | tee /tmp/big");
    assertThat(result.out()).hasSize(50_000_000);
    String hash = client.run(box, "user", "sha256sum < /tmp/big").out();
    assertThat(hash).startsWith(sha256(result.out()));
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          java.security.MessageDigest.getInstance("SHA-256")
              .digest(text.getBytes(StandardCharsets.UTF_8));
      return java.util.HexFormat.of().formatHex(hash);
    } catch (java.security.NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Test
  void stdinIsAPipeUntilItIsClosed() throws Exception {
    ObjectNode request = Wire.object();
    request.putObject("process").put("cmd", "cat");
    WireClient.Events stream = client.start(box, "user", request, Map.of());
    long pid = stream.pid();
    String input = Base64.getEncoder().encodeToString("hello".getBytes(StandardCharsets.UTF_8));
    String select = "{\"process\":{\"pid\":" + pid + "}";
    client.rpc(
        box,
        "user",
        "process.Process/SendInput",
        select + ",\"input\":{\"stdin\":\"" + input + "\"}}");
    assertThat(client.rpc(box, "user", "process.Process/CloseStdin", select + "}").status())
        .isEqualTo(200);
    assertThat(stream.drain().out()).isEqualTo("hello");
    assertThat(client.run(box, "user", "readlink /proc/self/fd/0").out()).isEqualTo("/dev/null\n");
  }

  @Test
  void aBackgroundChildThatHoldsThePipeDelaysTheEnd() {
    assertThat(client.run(box, "user", "(sleep 0.6; echo late) & exit 0").out())
        .isEqualTo("late\n");
  }

  @Test
  void keepalivesComeWhileNothingIsSaid() throws Exception {
    WireClient.Events stream =
        client.stream(box, "user", "sleep 2.5", Map.of("Keepalive-Ping-Interval", "0"));
    stream.pid();
    assertThat(stream.next().has("keepalive")).isTrue();
    stream.drain();
  }

  @Test
  void processesAreListedWithTagAndFoundByIt() throws Exception {
    ObjectNode request = Wire.object().put("tag", "AA").put("stdin", false);
    request.putObject("process").put("cmd", "sleep").putArray("args").add("303");
    WireClient.Events stream = client.start(box, "user", request, Map.of());
    stream.pid();
    String listed = client.rpc(box, "user", "process.Process/List", "{}").body();
    assertThat(listed).contains("\"tag\":\"AA\"", "\"args\":[\"303\"]");
    String body = "{\"process\":{\"tag\":\"AA\"},\"signal\":\"SIGNAL_SIGTERM\"}";
    client.rpc(box, "user", "process.Process/SendSignal", body);
    assertThat(stream.drain().end().path("status").asText()).isEqualTo("signal: terminated");
  }

  @Test
  void killingTheSandboxCutsTheStreamWithoutALastFrame() throws Exception {
    WireClient.Box other = client.create();
    WireClient.Events stream = client.stream(other, "user", "sleep 304", Map.of());
    stream.pid();
    client.kill(other);
    assertThatThrownBy(stream::drain).isInstanceOf(java.io.UncheckedIOException.class);
  }

  @Test
  void aVariableCannotReachTheProgramsOutsideTheSandbox() {
    ObjectNode request = Wire.object().put("stdin", false);
    ObjectNode process = request.putObject("process").put("cmd", "/bin/sh");
    process.putArray("args").add("-c").add("echo $LD_DEBUG; echo \"$MULTI\"");
    process
        .putObject("envs")
        .put("LD_DEBUG", "help")
        .put("MULTI", "a\n'b' $(x) \\")
        .put("not-a-name", "x");
    WireClient.Result result = client.start(box, "user", request, Map.of()).drain();
    // The dynamic linker of the command itself answers LD_DEBUG=help and ends it.
    assertThat(result.out() + result.err()).contains("Valid options for the LD_DEBUG");
  }

  @Test
  void pythonGitAndClaudeRunInside() {
    assertThat(client.run(box, "user", "python3 -c 'import json, ssl; print(1+1)'").out())
        .isEqualTo("2\n");
    assertThat(client.run(box, "user", "git init -q /tmp/r && git -C /tmp/r status -s").exitCode())
        .isZero();
    TestServer.requireTool(ClaudeInstall.find(System.getenv()).isPresent(), "claude on PATH");
    assertThat(client.run(box, "user", "claude --version").out()).contains("Claude Code");
  }
}
