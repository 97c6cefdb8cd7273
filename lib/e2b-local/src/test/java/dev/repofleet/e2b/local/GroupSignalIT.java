package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandExit;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.OutputListener;
import dev.repofleet.e2b.ProcessSignal;
import dev.repofleet.e2b.RunningCommand;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The project's client ends a command with its children, which a signal alone does not. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class GroupSignalIT {
  @TempDir static Path data;
  private static TestServer server;
  private static E2bClient client;
  private static Sandbox sandbox;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.isolated(data, builder -> {});
    String uri = server.server().uri().toString();
    client =
        new E2bClient(
            E2bOptions.builder()
                .apiKey(server.server().apiKey())
                .apiUrl(uri)
                .sandboxUrl(uri)
                .build());
    sandbox = client.create(SandboxSpec.builder().build());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      client.close();
      server.close();
    }
  }

  private static RunningCommand start(String child, boolean ownGroup) {
    Command.Builder command =
        Command.builder("/bin/bash", "-c", child + " & " + child + " & wait; echo never");
    return sandbox
        .commands()
        .start((ownGroup ? command.ownGroup() : command).build(), OutputListener.discarding());
  }

  private static int running(String program) {
    String count =
        sandbox.commands().run(Command.of("pgrep", "-c", "-x", "-f", program)).stdout().strip();
    return Integer.parseInt(count);
  }

  @Test
  void aSignalToTheGroupEndsTheChildrenToo() {
    try (RunningCommand command = start("sleep 7001", true)) {
      Awaiting.until("the children run", () -> running("sleep 7001") == 2);
      assertThat(command.signalGroup(ProcessSignal.SIGTERM)).isTrue();
      CommandExit exit = command.awaitExit(Awaiting.LONG).orElseThrow();
      assertThat(exit.succeeded()).isFalse();
      Awaiting.until("the children are gone", () -> running("sleep 7001") == 0);
      // What has ended and was not reaped yet can still be signalled.
      Awaiting.until("nobody is left to signal", () -> !command.signalGroup(ProcessSignal.SIGTERM));
    }
  }

  @Test
  void aKillOfTheGroupEndsWhatIgnoresTheRest() {
    try (RunningCommand command = start("(trap '' TERM; exec sleep 7002)", true)) {
      Awaiting.until("the children run", () -> running("sleep 7002") == 2);
      assertThat(command.signalGroup(ProcessSignal.SIGKILL)).isTrue();
      assertThat(command.awaitExit(Awaiting.LONG).orElseThrow().signal()).contains("killed");
      Awaiting.until("the children are gone", () -> running("sleep 7002") == 0);
    }
  }

  @Test
  void withoutAGroupOfItsOwnASignalLeavesTheChildrenAlive() {
    try (RunningCommand command = start("sleep 7003", false)) {
      Awaiting.until("the children run", () -> running("sleep 7003") == 2);
      assertThat(command.kill()).isTrue();
      command.awaitExit(Awaiting.LONG);
      assertThat(running("sleep 7003")).isEqualTo(2);
    }
  }
}
