package dev.repofleet.starter.schedule;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.encryption.PayloadKeys;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schedule resume}: runs again. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Resumes a schedule that was paused; runs that were due meanwhile are not made up.",
      "What it begins with is encrypted with the present key from then on, where there is one."
    },
    footer = {"", "Example:", "  repofleet schedule resume nightly"})
final class ScheduleResumeCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "NAME", description = "Of the schedule.")
  private String name = "";

  @Spec private @Nullable CommandSpec spec;

  ScheduleResumeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String schedule = ServerSchedule.requireName(name);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      ServerSchedule server = new ServerSchedule(context, connection, schedule);
      if (!server.schedules().require(schedule).getSchedule().getState().getPaused()) {
        throw CommandException.wrongUse(
            "cannot resume schedule " + schedule + ": it is not paused");
      }
      boolean anew = server.schedules().resume(schedule);
      Terminal terminal = Terminal.of(spec);
      terminal.tell("Schedule " + schedule + " goes on.");
      if (anew) {
        terminal.say(
            "What it begins with is encrypted with key '"
                + connection.keys().map(PayloadKeys::currentId).orElse("")
                + "' from now on, which all workers of its fleet need.");
      }
      server.sayNext(terminal);
    }
    return ExitCode.OK.number();
  }
}
