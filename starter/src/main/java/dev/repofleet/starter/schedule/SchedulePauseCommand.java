package dev.repofleet.starter.schedule;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.workflows.client.TemporalConnection;
import io.temporal.api.schedule.v1.ScheduleState;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schedule pause}: no more runs for now. */
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    description = {
      "Pauses a schedule: it starts nothing until it is resumed.",
      "A batch that is at work goes on; `repofleet pause BATCH` pauses that."
    },
    footer = {"", "Example:", "  repofleet schedule pause nightly --reason 'code freeze'"})
final class SchedulePauseCommand implements Callable<Integer> {
  private static final int MAX_REASON = 200;

  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "NAME", description = "Of the schedule.")
  private String name = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for all who look: Temporal keeps it readable, also with keys.")
  private @Nullable String reason;

  @Spec private @Nullable CommandSpec spec;

  SchedulePauseCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String schedule = ServerSchedule.requireName(name);
    String why = PlainText.of(reason, MAX_REASON);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      FleetSchedules schedules = new FleetSchedules(connection);
      ScheduleState state = schedules.require(schedule).getSchedule().getState();
      if (state.getPaused()) {
        String note = PlainText.of(state.getNotes(), MAX_REASON);
        throw CommandException.wrongUse(
            "cannot pause schedule "
                + schedule
                + ": it is paused already"
                + (note.isEmpty() ? "" : " (" + note + ")"));
      }
      schedules.pause(schedule, why.isEmpty() ? "paused on the command line" : why);
      Terminal terminal = Terminal.of(spec);
      terminal.tell(
          "Schedule "
              + schedule
              + " is paused"
              + (why.isEmpty() ? "" : ": " + why)
              + "; it starts nothing more.");
      terminal.say("A batch that is at work goes on: `repofleet schedule list` names it.");
    }
    return ExitCode.OK.number();
  }
}
