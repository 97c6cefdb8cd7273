package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandExit;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.Commands;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bStatusException;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.OutputListener;
import dev.repofleet.e2b.ProcessSignal;
import dev.repofleet.e2b.RunningCommand;
import dev.repofleet.e2b.local.Awaiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

final class CommandsScenario implements Scenario {
  @Override
  public String name() {
    return "commands";
  }

  @Override
  public void observe(World world, Observations seen) {
    Commands commands = world.sandbox().commands();
    CommandResult done = commands.run(Command.shell("echo $A; echo two >&2"));
    seen.say("commands.out", done.stdout().strip() + done.stderr().strip() + done.exitCode());
    seen.say("commands.exit", commands.run(Command.shell("exit 5")).exit().describe());
    try {
      commands.run(Command.shellBuilder("sleep 60").timeout(Duration.ofMillis(300)).build());
    } catch (E2bException e) {
      seen.say("commands.limit", e.getClass().getSimpleName());
    }
    try {
      commands.run(Command.shellBuilder("true").cwd("/none").build());
    } catch (E2bStatusException e) {
      seen.say("commands.cwd", e.errorCode().orElse(""));
    }
    Command who = Command.shell("id -un");
    seen.say(
        "commands.user", world.sandbox().withUser("root").commands().run(who).stdout().strip());
    killed(commands, seen);
    stdin(commands, seen);
    attached(world, commands, seen);
  }

  private static void killed(Commands commands, Observations seen) {
    try (RunningCommand job =
        commands.start(Command.shell("sleep 60"), OutputListener.discarding())) {
      seen.say(
          "commands.listed",
          commands.list().stream().anyMatch(process -> process.pid() == job.pid()));
      seen.say("commands.killed", job.kill());
      seen.say("commands.killed.how", end(job));
      seen.say("commands.killed.again", signalled(commands, job.pid()));
    }
  }

  private static String end(RunningCommand running) {
    return running.awaitExit(Awaiting.LONG).map(CommandExit::describe).orElse("it runs");
  }

  private static boolean signalled(Commands commands, long pid) {
    try {
      commands.signal(pid, ProcessSignal.SIGKILL);
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  private static void stdin(Commands commands, Observations seen) {
    Heard text = new Heard();
    try (RunningCommand cat =
        commands.start(
            Command.builder("cat").stdin(true).build(),
            OutputListener.text(text::add, text::add))) {
      cat.sendStdin("typed".getBytes(StandardCharsets.UTF_8));
      cat.closeStdin();
      end(cat);
    }
    seen.say("commands.stdin", text);
  }

  private static void attached(World world, Commands commands, Observations seen) {
    Heard text = new Heard();
    Command late = Command.shell("while [ ! -e /tmp/go ]; do sleep 0.02; done; echo late; exit 3");
    try (RunningCommand first = commands.start(late, OutputListener.discarding());
        RunningCommand again =
            commands.connect(first.pid(), OutputListener.text(text::add, text::add))) {
      world.sandbox().files().writeText("/tmp/go", "");
      int code = again.awaitExit(Awaiting.LONG).map(CommandExit::exitCode).orElse(-1);
      seen.say("commands.connect", text.toString().strip() + code);
    }
  }
}
