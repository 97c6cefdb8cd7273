package dev.repofleet.starter.schedule;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.schedule.ScheduledBatchInput;
import io.temporal.api.workflowservice.v1.DescribeScheduleResponse;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schedule delete}: no more runs, for good. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = {
      "Deletes a schedule, and the targets and plan that were kept for it.",
      "Its batches stay, and one that is at work goes on."
    },
    footer = {"", "Example:", "  repofleet schedule delete nightly"})
final class ScheduleDeleteCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "NAME", description = "Of the schedule.")
  private String name = "";

  @Spec private @Nullable CommandSpec spec;

  ScheduleDeleteCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String schedule = ServerSchedule.requireName(name);
    Terminal terminal = Terminal.of(spec);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      ServerSchedule server = new ServerSchedule(context, connection, schedule);
      Optional<DescribeScheduleResponse> found = server.schedules().find(schedule);
      ScheduleRecords records = server.records();
      boolean kept = records.areThere();
      if (found.isEmpty() && !kept) {
        throw server.schedules().unknown(schedule);
      }
      if (found.isPresent()) {
        server.schedules().delete(schedule);
      }
      if (kept) {
        delete(records, found, server.schedules());
        if (server.schedules().exists(schedule)) {
          terminal.say("Somebody has created another one of that name meanwhile, which stays.");
        } else if (records.areThere()) {
          terminal.say(
              "The store has more of that name, as of a `schedule create` that is at work or was"
                  + " cut off: once none is at work, the same command deletes it.");
        }
      }
      terminal.tell(
          found.isPresent()
              ? "Schedule " + schedule + " is deleted."
              : "Schedule " + schedule + " was gone; what the store had kept of it is deleted.");
      if (!kept) {
        terminal.say(
            "This machine's artifact store has nothing of it: where REPOFLEET_ARTIFACTS names its"
                + " store, the same command deletes its targets and plan.");
      }
      found.ifPresent(
          was -> {
            if (was.getInfo().getRunningWorkflowsCount() > 0) {
              terminal.say(
                  "A batch of it that is at work goes on: `repofleet list` shows it. A run that had"
                      + " not begun its batch begins none.");
            }
          });
    }
    return ExitCode.OK.number();
  }

  /** Somebody may have created another one of that name since. */
  private void delete(
      ScheduleRecords records, Optional<DescribeScheduleResponse> found, FleetSchedules schedules) {
    Optional<ScheduledBatchInput> input = found.flatMap(schedules::input);
    if (input.isPresent()) {
      records.delete(input.get().manifest(), input.get().plan());
    } else if (!schedules.exists(name)) {
      records.delete();
    }
  }
}
