package dev.repofleet.starter.pool;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.render.TextLines;
import dev.repofleet.starter.render.TextStyle;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.pool.PoolStatus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pool show}: how the pool stands. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the places of the pool, who waits for one, its health and its settings.",
      "A worker of the fleet answers. Changes nothing."
    },
    footer = {"", "Examples:", "  repofleet pool show", "  repofleet pool show --json"})
final class PoolShowCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = "--json", description = "Prints a JSON line.")
  private boolean json;

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  PoolShowCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    Fleet asked = fleet.in(context);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      FleetPool pool = new FleetPool(connection, asked);
      Optional<FleetPool.Run> run = pool.latest();
      if (run.isEmpty()) {
        without(terminal, asked, "none");
        terminal.say(
            "No pool yet for fleet "
                + pool.place()
                + ": the first review starts it, `repofleet pool set` sets it before.");
      } else if (!run.get().open()) {
        without(terminal, asked, "closed");
        terminal.say(
            "The pool of fleet "
                + asked.name()
                + " was terminated at "
                + run.get().closedAt()
                + ": the next request for a permit starts it again, or `repofleet pool rebuild"
                + FleetOption.words(asked)
                + "` now.");
      } else {
        show(terminal, asked, pool.status().require());
      }
    }
    return ExitCode.OK.number();
  }

  private void without(Terminal terminal, Fleet asked, String state) {
    if (json) {
      terminal.tellJson(PoolLines.without(asked, state));
    }
  }

  private void show(Terminal terminal, Fleet asked, PoolStatus status) {
    if (json) {
      terminal.tellJson(PoolLines.of(asked, status));
      return;
    }
    TextStyle style = TerminalStyle.of(context.environment());
    for (String line : new PoolText(asked, status, context.clock()).lines()) {
      // Only sentences are broken: a row's indentation must stay.
      (line.startsWith(" ") ? List.of(line) : TextLines.of(line, style.width()))
          .forEach(terminal::tell);
    }
  }
}
