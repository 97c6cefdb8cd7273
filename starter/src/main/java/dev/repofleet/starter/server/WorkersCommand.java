package dev.repofleet.starter.server;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.render.TextTable;
import dev.repofleet.starter.render.TextTable.Cell;
import dev.repofleet.starter.render.TextTable.Column;
import dev.repofleet.starter.render.Tone;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code workers}: who is working. */
@Command(
    name = "workers",
    mixinStandardHelpOptions = true,
    description = {
      "Shows who works, and how many agents each worker follows.",
      "A worker is who asked the Temporal server for work in the last minutes."
    },
    footer = {"", "Examples:", "  repofleet workers", "  repofleet workers --fleet staging"})
public final class WorkersCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = "--json", description = "Prints JSON lines.")
  private boolean json;

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public WorkersCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    Fleet asked = fleet.in(context);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      FleetWorkers.Found found = new FleetWorkers(connection, asked, context.clock()).look();
      if (json) {
        found.workers().forEach(worker -> terminal.tellJson(ArtifactJson.line(worker)));
      } else if (found.workers().isEmpty()) {
        terminal.say(
            "No worker polls task queue "
                + asked.runTaskQueue()
                + " at "
                + connection.address()
                + ": start one with "
                + FleetOption.worker(asked.taskQueue())
                + ".");
      } else {
        table(found.workers())
            .lines(TerminalStyle.of(context.environment()))
            .forEach(terminal::tell);
      }
      if (found.unfollowed() > 0) {
        terminal.say(
            Wording.count(found.unfollowed(), "agent is", "agents are")
                + " followed by nobody just now: another worker takes over within seconds, once"
                + " there is one.");
      }
      if (found.more()) {
        terminal.say(
            "Agents were counted in the latest " + FleetWorkers.MAX_REVIEWS + " reviews only.");
      }
    }
    return ExitCode.OK.number();
  }

  private TextTable table(List<FleetWorkers.Seen> workers) {
    boolean versioned = workers.stream().anyMatch(worker -> !worker.version().isEmpty());
    List<Column> columns =
        new ArrayList<>(
            List.of(
                Column.name("WORKER"),
                Column.number("AGENTS"),
                Column.word("POLLS"),
                Column.number("LAST SEEN")));
    if (versioned) {
      columns.add(Column.word("VERSION"));
    }
    TextTable table = new TextTable(columns.toArray(Column[]::new));
    for (FleetWorkers.Seen worker : workers) {
      Duration age = Duration.between(worker.lastSeen(), context.clock().instant());
      List<Cell> cells =
          new ArrayList<>(
              List.of(
                  Cell.of(worker.worker()),
                  Cell.of(Integer.toString(worker.agents())),
                  Cell.of(String.join(", ", worker.polls())),
                  new Cell(
                      Wording.duration(age) + " ago",
                      age.compareTo(FleetWorkers.POLLED_LATELY) > 0 ? Tone.WARNING : Tone.PLAIN)));
      if (versioned) {
        cells.add(Cell.of(worker.version()));
      }
      table.row(cells.toArray(Cell[]::new));
    }
    return table;
  }
}
