package dev.repofleet.starter.batch;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code list}: which batches there are. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the batches that the Temporal server knows, latest first.",
    footer = {"", "Examples:", "  repofleet list", "  repofleet list --limit 1000 --json"})
public final class ListCommand implements Callable<Integer> {
  private static final int MOST = 100_000;

  private final CommandContext context;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "200",
      description = "Most batches, 1 to 100000. Default: ${DEFAULT-VALUE}")
  private int limit;

  @Option(names = "--json", description = "Prints JSON lines.")
  private boolean json;

  @Option(
      names = "--fleet",
      paramLabel = "NAME",
      description = "Of this fleet alone. Default: of all fleets")
  private @Nullable String fleet;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public ListCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (limit < 1 || limit > MOST) {
      throw CommandException.wrongUse("--limit " + limit + " is not from 1 to " + MOST);
    }
    Optional<Fleet> asked = FleetOption.typed(fleet);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      new BatchListing(connection)
          .latest(limit, asked.orElse(null))
          .show(Terminal.of(spec), json, context);
    }
    return ExitCode.OK.number();
  }
}
