package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.worker.WorkerVersions;
import dev.repofleet.workflows.client.TemporalConnection;
import io.temporal.common.WorkerDeploymentVersion;
import java.util.List;
import java.util.Optional;
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
      "With the variables of a worker's version: lets the first version of a worker",
      "deployment have the work. Doing it again changes nothing."
    },
    footer = {
      "",
      "Examples:",
      "  TEMPORAL_ADDRESS=temporal.example:7233 repofleet setup",
      "  TEMPORAL_DEPLOYMENT_NAME=repofleet TEMPORAL_WORKER_BUILD_ID=2026-11-27 repofleet setup"
    })
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
    Optional<WorkerDeploymentVersion> version = version();
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      try {
        terminal.say(searchAttributes(connection));
      } catch (CommandException e) {
        // Batches run without them, but no worker of a version without the next.
        version.ifPresent(named -> terminal.say(firstOrWhyNot(connection, named)));
        throw e;
      }
      version.ifPresent(named -> terminal.say(first(connection, named)));
      return 0;
    }
  }

  private static String searchAttributes(TemporalConnection connection) {
    List<String> added = new SearchAttributeSetup(connection).run();
    String where = connection.address() + ", namespace " + connection.namespace();
    return added.isEmpty()
        ? "All search attributes are there already: " + where
        : "Added " + String.join(", ", added) + ": " + where;
  }

  private Optional<WorkerDeploymentVersion> version() {
    try {
      return WorkerVersions.of(context.environment());
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
  }

  private static String firstOrWhyNot(
      TemporalConnection connection, WorkerDeploymentVersion version) {
    try {
      return first(connection, version);
    } catch (CommandException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Only the first: which of two versions has the work is for whoever rolls out to say. */
  private static String first(TemporalConnection connection, WorkerDeploymentVersion version) {
    String name = version.getDeploymentName();
    String build = version.getBuildId();
    WorkerDeployment deployment = new WorkerDeployment(connection, name);
    String current = deployment.routing().current();
    if (current == null) {
      deployment.makeCurrent(build);
      return "Made build " + build + " the current one of worker deployment " + name;
    }
    return current.equals(build)
        ? "Build " + build + " is the current one of worker deployment " + name + " already"
        : "Build %s is the current one of worker deployment %s and stays so; to move on: %s"
            .formatted(current, name, WorkerDeployment.command(name, build));
  }
}
