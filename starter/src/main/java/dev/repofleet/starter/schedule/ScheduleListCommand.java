package dev.repofleet.starter.schedule;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.TextStyle;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.encryption.PayloadEncryptionException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code schedule list}: which there are, and what came of them. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the schedules of the Temporal server.",
      "When they are due, what they review, their latest batches, and the runs that were",
      "left out. Needs no worker."
    },
    footer = {"", "Examples:", "  repofleet schedule list", "  repofleet schedule list --json"})
final class ScheduleListCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(
      names = "--fleet",
      paramLabel = "NAME",
      description = "Of this fleet alone. Default: of all fleets")
  private @Nullable String fleet;

  @Option(names = "--json", description = "Prints JSON lines.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  ScheduleListCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    Optional<Fleet> asked = FleetOption.typed(fleet);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      FleetSchedules schedules = new FleetSchedules(connection);
      ScheduleRuns runs = new ScheduleRuns(connection);
      boolean any = false;
      for (String name : schedules.names()) {
        Optional<ScheduleSeen> seen = look(schedules, runs, name, terminal);
        if (seen.isPresent() && isOf(asked, seen.get())) {
          show(terminal, seen.get(), any);
          any = true;
        }
      }
      if (!any) {
        terminal.say("No schedule yet: `repofleet schedule create` makes one.");
      }
    }
    return ExitCode.OK.number();
  }

  /** Empty for one that was deleted, which is listed for a while, and one that others made. */
  private static Optional<ScheduleSeen> look(
      FleetSchedules schedules, ScheduleRuns runs, String name, Terminal terminal) {
    try {
      return schedules.describe(name).flatMap(found -> ScheduleSeen.of(found, runs));
    } catch (PayloadEncryptionException e) {
      terminal.say("Schedule " + PlainText.of(name, 80) + " can't be read: " + e.getMessage());
      return Optional.empty();
    } catch (FleetSchedules.UnreadableException e) {
      terminal.say(
          "Schedule "
              + PlainText.of(name, 80)
              + " was not made by this program, and can't be read: `repofleet schedule delete "
              + PlainText.of(name, 80)
              + "` deletes it.");
      return Optional.empty();
    }
  }

  private static boolean isOf(Optional<Fleet> asked, ScheduleSeen seen) {
    return asked.isEmpty() || asked.get().taskQueue().equals(seen.fleet());
  }

  private void show(Terminal terminal, ScheduleSeen seen, boolean notFirst) {
    if (json) {
      terminal.tellJson(ArtifactJson.line(seen));
      return;
    }
    if (notFirst) {
      terminal.tell("");
    }
    TextStyle style = TerminalStyle.of(context.environment());
    new ScheduleText(seen, context.clock(), style).lines().forEach(terminal::tell);
  }
}
