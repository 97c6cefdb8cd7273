package dev.repofleet.starter.pool;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.pool.PoolStatus;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pool rebuild}: a new pool in place of one whose state is wrong. */
@Command(
    name = "rebuild",
    mixinStandardHelpOptions = true,
    description = {
      "Terminates the pool and starts it anew with the settings it had.",
      "Reviews at work keep their sandboxes: what they ask again and E2B's list bring the",
      "state back."
    },
    footer = {"", "Example:", "  repofleet pool rebuild"})
final class PoolRebuildCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  PoolRebuildCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    Fleet asked = fleet.in(context);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      connection.requireKeys(asked);
      FleetPool pool = new FleetPool(connection, asked);
      Optional<FleetPool.Run> run = pool.latest();
      if (run.isEmpty()) {
        throw CommandException.wrongUse(
            "there is no pool to rebuild for fleet "
                + pool.place()
                + ": the first review starts it");
      }
      if (!run.get().open()) {
        PoolSettings former = run.get().settings();
        pool.startAnew(former);
        tell(terminal, asked, former);
        return ExitCode.OK.number();
      }
      FleetPool.Answer before = pool.status();
      PoolStatus status = before.status();
      pool.startAnew(status == null ? null : status.settings());
      tell(terminal, asked, status == null ? null : status.settings());
      if (status == null) {
        terminal.say(
            "Its settings could not be asked for: "
                + before.problem()
                + ". It takes up those of the run before it by itself.");
      } else if (status.held() != null) {
        terminal.say(
            "It was held: "
                + HoldEvent.reason(status.held())
                + ". A new pool learns that anew, where it is still so.");
      }
    }
    return ExitCode.OK.number();
  }

  private static void tell(Terminal terminal, Fleet asked, @Nullable PoolSettings settings) {
    terminal.tell("Pool " + asked.poolWorkflowId() + " is rebuilt" + words(settings) + ".");
    terminal.say(
        "Before it gives a permit it looks at E2B's list; reviews that wait ask it again within"
            + " a minute. `repofleet pool show"
            + FleetOption.words(asked)
            + "` shows how it stands.");
  }

  private static String words(@Nullable PoolSettings settings) {
    return settings == null
        ? ""
        : " with the settings it had: "
            + PoolWords.of(settings).entrySet().stream()
                .map(one -> one.getKey() + " " + one.getValue())
                .collect(Collectors.joining(", "));
  }
}
