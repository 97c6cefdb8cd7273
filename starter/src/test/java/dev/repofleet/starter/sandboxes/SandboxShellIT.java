package dev.repofleet.starter.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.starter.testing.PseudoTerminal;
import dev.repofleet.starter.testing.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A person in a sandbox, at a real terminal, by way of the real local server. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class SandboxShellIT {
  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";

  @TempDir Path folder = Path.of("");
  private LocalSandboxServer server = server();
  private final Map<String, String> account = new HashMap<>();

  private LocalSandboxServer server() {
    return new LocalSandboxServer(
        LocalSandboxOptions.builder(folder.resolve("sandboxes"))
            .isolation(Isolation.plain())
            .build());
  }

  @BeforeEach
  void start() throws Exception {
    PseudoTerminal.require();
    server = server().start();
    account.putAll(server.environment());
    account.put("REPOFLEET_TEST_GREETING", "hello from outside");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private E2bClient client() {
    return new E2bClient(E2bOptions.fromEnvironment(account));
  }

  private PseudoTerminal shell(String... more) throws Exception {
    String[] words = new String[more.length + 2];
    words[0] = "sandboxes";
    words[1] = "shell";
    System.arraycopy(more, 0, words, 2, more.length);
    return PseudoTerminal.run(folder, account, words);
  }

  /** Waits until the shell takes commands. */
  private static void settle(PseudoTerminal terminal) throws Exception {
    terminal.awaitText("In sandbox ");
    terminal.type("echo ready' 'now\r");
    terminal.awaitText("ready now");
  }

  private static String device(PseudoTerminal terminal) throws Exception {
    return terminal.awaitMatch("device (/dev/\\S+)").group(1);
  }

  private static long pid(PseudoTerminal terminal) throws Exception {
    return Long.parseLong(terminal.awaitMatch("pid (\\d+)").group(1));
  }

  private static void stty(String device, String... words) throws Exception {
    String[] command = new String[words.length + 3];
    command[0] = "stty";
    command[1] = "-F";
    command[2] = device;
    System.arraycopy(words, 0, command, 3, words.length);
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void a_shell_has_the_terminals_size_takes_every_key_and_gives_its_exit_code() throws Exception {
    try (PseudoTerminal terminal = shell("--template", "base", "--env", "REPOFLEET_TEST_GREETING");
        E2bClient client = client()) {
      String device = device(terminal);
      settle(terminal);
      assertThat(client.list(SandboxQuery.all())).hasSize(1);
      terminal.type("echo $REPOFLEET_TEST_GREETING; stty size\r");
      terminal.awaitText("hello from outside");
      terminal.awaitText("30 100");
      // A program in the foreground is told of it, as an editor is. Without a trap for it
      // Bash goes on after a Ctrl-C that comes as its stty ends (bash 5.2: 46 of 150 times).
      terminal.type("bash -c 'trap \"stty size\" WINCH; trap exit INT; echo is\" \"there;");
      terminal.type(" while :; do sleep 0.1; done'\r");
      terminal.awaitText("is there");
      // One change: two at once are two signals, and Bash forgets one that comes in its trap.
      stty(device, "rows", "20");
      terminal.awaitText("20 100");
      terminal.type(CTRL_C);
      terminal.type("echo after' 'all\r");
      terminal.awaitText("after all");
      terminal.type("exit 7\r");
      assertThat(terminal.awaitExit()).isEqualTo(7);
      assertThat(client.list(SandboxQuery.all())).isEmpty();
    }
  }

  /** As while a window's edge is dragged. */
  @Test
  void of_sizes_in_quick_succession_the_last_counts_also_where_sh_is_bash() throws Exception {
    Path programs = Files.createDirectory(folder.resolve("programs"));
    Files.createSymbolicLink(programs.resolve("sh"), Path.of("/bin/bash"));
    account.put("PATH", programs + ":" + System.getenv("PATH"));
    try (PseudoTerminal terminal = shell("--template", "base")) {
      String device = device(terminal);
      settle(terminal);
      terminal.type("while sleep 0.1; do stty size; done\r");
      for (int size = 40; size < 60; size++) {
        String drag = "for n in 3 2 1 0; do stty -F %s rows $((%d + n)); done";
        String[] dragging = {"sh", "-c", drag.formatted(device, size)};
        assertThat(new ProcessBuilder(dragging).inheritIO().start().waitFor()).isZero();
        terminal.awaitText(size + " 100");
      }
    }
  }

  @Test
  void a_sandbox_that_was_there_stays_and_ctrl_d_ends_the_shell() throws Exception {
    try (E2bClient client = client()) {
      Sandbox sandbox = client.create(SandboxSpec.builder().build());
      try (PseudoTerminal terminal = shell(sandbox.sandboxId(), "--user", "root")) {
        settle(terminal);
        terminal.type("echo $((6 * 7)) > ~/answer; echo is' 'written\r");
        terminal.awaitText("is written");
        terminal.awaitMatch("[#$] ");
        terminal.type(CTRL_D);
        assertThat(terminal.awaitExit()).isZero();
      }
      assertThat(sandbox.withUser("root").commands().run(Command.shell("cat ~/answer")).stdout())
          .isEqualTo("42\n");
    }
  }

  @Test
  void when_its_sandbox_is_killed_it_says_so_and_leaves_a_usable_terminal() throws Exception {
    try (PseudoTerminal terminal = shell("--template", "base");
        E2bClient client = client()) {
      settle(terminal);
      terminal.type("printf '\\033[?1049h\\033[?25l'; echo full' 'screen\r");
      terminal.awaitText("full screen");
      client.list(SandboxQuery.all()).forEach(one -> client.kill(one.sandboxId()));
      terminal.awaitText("\u001b[?25h\u001b[?1049l");
      terminal.awaitText("was ended meanwhile");
      assertThat(terminal.awaitExit()).isEqualTo(5);
    }
  }

  @Test
  void when_the_server_goes_it_says_so() throws Exception {
    try (PseudoTerminal terminal = shell("--template", "base")) {
      settle(terminal);
      server.close();
      terminal.awaitMatch("was ended meanwhile|can't be reached any more");
      assertThat(terminal.awaitExit()).isEqualTo(5);
    }
  }

  @Test
  void told_to_end_it_ends_its_sandbox_too() throws Exception {
    try (PseudoTerminal terminal = shell("--template", "base");
        E2bClient client = client()) {
      long pid = pid(terminal);
      settle(terminal);
      assertThat(ProcessHandle.of(pid).orElseThrow().destroy()).isTrue();
      assertThat(terminal.awaitExit()).as("the signal's code, or the command's own").isIn(143, 130);
      assertThat(client.list(SandboxQuery.all())).isEmpty();
    }
  }

  @Test
  void killed_it_still_leaves_a_usable_terminal() throws Exception {
    try (PseudoTerminal terminal = shell("--template", "base")) {
      long pid = pid(terminal);
      settle(terminal);
      assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
      assertThat(terminal.awaitExit()).isEqualTo(137);
    }
  }

  @Test
  void a_shell_that_does_not_answer_can_be_left() throws Exception {
    try (E2bClient client = client()) {
      Sandbox sandbox = client.create(SandboxSpec.builder().build());
      try (PseudoTerminal terminal = shell(sandbox.sandboxId())) {
        settle(terminal);
        terminal.type("exec sleep 4711\r~.");
        terminal.awaitText("Left");
        assertThat(terminal.awaitExit()).isEqualTo(130);
      }
      // A signal is not obeyed within the call.
      Waiting.until("the shell ends", Waiting.LONG, () -> sandbox.commands().list().isEmpty());
    }
  }

  @Test
  void a_paused_sandbox_comes_back_on_request_only() throws Exception {
    try (E2bClient client = client()) {
      Sandbox sandbox = client.create(SandboxSpec.builder().build());
      client.pause(sandbox.sandboxId());
      try (PseudoTerminal terminal = shell(sandbox.sandboxId())) {
        terminal.awaitText("is paused: --resume");
        assertThat(terminal.awaitExit()).isEqualTo(2);
      }
      try (PseudoTerminal terminal = shell(sandbox.sandboxId(), "--resume")) {
        settle(terminal);
        terminal.type("exit\r");
        assertThat(terminal.awaitExit()).isZero();
      }
      assertThat(client.get(sandbox.sandboxId()).state()).isEqualTo(SandboxState.RUNNING);
    }
  }

  @Test
  void what_is_not_there_is_named() throws Exception {
    try (PseudoTerminal terminal = shell("i00000000000000000000")) {
      terminal.awaitText("there is no sandbox i00000000000000000000");
      assertThat(terminal.awaitExit()).isEqualTo(2);
    }
    try (PseudoTerminal terminal = shell("--template", "nowhere")) {
      terminal.awaitText("there is no template 'nowhere'");
      assertThat(terminal.awaitExit()).isEqualTo(2);
    }
  }
}
