package dev.repofleet.starter.embedded;

import dev.repofleet.starter.CommandContext;
import dev.repofleet.starter.Terminal;
import dev.repofleet.workflows.client.TemporalConnection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code setup}: prepares a Temporal server for the fleet. */
@Command(
    name = "setup",
    mixinStandardHelpOptions = true,
    description = {
      "Registers the fleet's search attributes on the Temporal server.",
      "Doing it again changes nothing."
    },
    footer = {"", "Example:", "  TEMPORAL_ADDRESS=temporal.example:7233 repofleet setup"})
public final class SetupCommand implements Callable<Integer> {
  private final CommandContext context;

  @Spec private @Nullable CommandSpec spec;

  /** In the world of a context. */
  public SetupCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      List<String> added = new SearchAttributeSetup(connection).run();
      String where = connection.address() + ", namespace " + connection.namespace();
      terminal.say(
          added.isEmpty()
              ? "All search attributes are there already: " + where
              : "Added " + String.join(", ", added) + ": " + where);
      return 0;
    }
  }
}
