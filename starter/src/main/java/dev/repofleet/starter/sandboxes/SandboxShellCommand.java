package dev.repofleet.starter.sandboxes;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandExit;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Pty;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.sandboxes.ShellSession.Ending;
import dev.repofleet.starter.tty.RawTerminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sandboxes shell}: a person's terminal in a sandbox. */
@CommandLine.Command(
    name = "shell",
    mixinStandardHelpOptions = true,
    description = {
      "Opens a shell in a sandbox.",
      "In one that is there, by its id, or with --template in one of its own, which ends",
      "with the shell. Every key goes there, Ctrl-C too; ~. at the beginning of a line",
      "leaves a shell that does not answer. Ends with its exit code."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet sandboxes shell i0123456789abcdefghij",
      "  repofleet sandboxes shell --template claude --env ANTHROPIC_API_KEY"
    })
final class SandboxShellCommand implements Callable<Integer> {
  /** After which a process that is told to end does so, whatever does not answer. */
  private static final int LEAVE_SECONDS = 5;

  /** By the words for signals that envd has; a shell adds them to 128. */
  private static final Map<String, Integer> SIGNALS =
      Map.of("hangup", 1, "interrupt", 2, "killed", 9, "terminated", 15);

  private final CommandContext context;

  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "The sandbox, as `sandboxes list` shows it.")
  private @Nullable String sandboxId;

  @Option(
      names = "--template",
      paramLabel = "NAME",
      description = "Creates a sandbox of this template, and kills it at the end.")
  private @Nullable String template;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "The Linux user, such as root. Default: the template's")
  private @Nullable String user;

  @Option(
      names = "--env",
      paramLabel = "NAME",
      description = "Hands a variable of this environment to the shell; may be repeated.")
  private List<String> variables = List.of();

  @Option(
      names = "--resume",
      description = "Brings a paused sandbox back; it then runs on, up to 5 minutes after you.")
  private boolean resume;

  @Spec private @Nullable CommandSpec spec;

  SandboxShellCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Terminal terminal = Terminal.of(spec);
    Command shell = shell();
    requireOneSandbox();
    if (!RawTerminal.inputIsTerminal()) {
      throw CommandException.wrongUse(
          "sandboxes shell needs a terminal on its standard input, and this is none: call it from"
              + " a terminal, in a container with -it, over ssh with -t");
    }
    CountDownLatch closed = new CountDownLatch(1);
    ShellSession session = new ShellSession(context.in(), new FileOutputStream(FileDescriptor.out));
    Thread hook = new Thread(() -> leave(session, closed), "repofleet-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try (SandboxAccount account = SandboxAccount.open(context.environment());
        ShellSandbox box = open(account)) {
      terminal.say(welcome(box));
      Ending ending = session.run(pty(box.sandbox()), shell);
      return exitCode(ending, box, terminal);
    } catch (E2bException e) {
      throw CommandException.unreachable(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw CommandException.wrongUse("sandboxes shell: " + e.getMessage());
    } finally {
      closed.countDown();
    }
  }

  /** What closes the session is the thread that has it; the process waits for it here. */
  private static void leave(ShellSession session, CountDownLatch closed) {
    session.leave();
    try {
      var unused = closed.await(LEAVE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireOneSandbox() {
    if ((sandboxId == null) == (template == null)) {
      throw CommandException.wrongUse(
          "name one sandbox: its id, as `repofleet sandboxes list` shows it, or --template for one"
              + " of its own, as in `repofleet sandboxes shell --template claude`");
    }
    if (template != null && template.isBlank()) {
      throw CommandException.wrongUse("--template takes a template's name, and this one is empty");
    }
    if (user != null && !Sandbox.isLinuxUser(user)) {
      throw CommandException.wrongUse(
          "--user: '" + PlainText.of(user, 80) + "' can't be the name of a Linux user, as root is");
    }
    if (resume && sandboxId == null) {
      throw CommandException.wrongUse("--resume goes with the id of a sandbox that is paused");
    }
  }

  private Command shell() {
    Command.Builder shell = Pty.shell();
    for (String name : variables) {
      String value = context.environment().get(name);
      if (value == null) {
        throw CommandException.wrongUse(
            "--env: there is no variable '" + name + "' in this environment");
      }
      shell.env(name, value);
    }
    return shell.build();
  }

  private ShellSandbox open(SandboxAccount account) {
    return sandboxId == null
        ? ShellSandbox.create(account.client(), String.valueOf(template))
        : ShellSandbox.of(account.client(), sandboxId, resume);
  }

  private Pty pty(Sandbox sandbox) {
    return user == null ? sandbox.pty() : sandbox.withUser(user).pty();
  }

  private static String welcome(ShellSandbox box) {
    return "In sandbox "
        + box.sandbox().sandboxId()
        + ", which "
        + (box.own() ? "ends with this shell" : "stays")
        + ". Ctrl-D or exit leaves it.";
  }

  private static int exitCode(Ending ending, ShellSandbox box, Terminal terminal) {
    CommandExit exit = ending.exit();
    if (exit != null) {
      return exit.exited() ? exit.exitCode() : 128 + signal(exit.signal());
    }
    E2bException failure = ending.failure();
    if (failure == null) {
      terminal.say("Left; the shell was ended.");
      return ExitCode.INTERRUPTED.number();
    }
    throw CommandException.unreachable(box.fate(failure), failure);
  }

  private static int signal(Optional<String> name) {
    return name.map(SIGNALS::get).orElse(SIGNALS.getOrDefault("killed", 9));
  }
}
