package dev.repofleet.starter.command;

import dev.repofleet.workflows.Fleet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --fleet}, of every command that acts for one fleet: mixed in by picocli. */
public final class FleetOption {
  /** Names the fleet for who does not say {@code --fleet}. */
  public static final String VARIABLE = "REPOFLEET_FLEET";

  @Option(
      names = "--fleet",
      paramLabel = "NAME",
      description = "For which fleet. Default: REPOFLEET_FLEET, else repofleet")
  private @Nullable String name;

  /**
   * The fleet to act for.
   *
   * @throws CommandException with exit code 2 when what was named can't be a fleet's name
   */
  public Fleet in(CommandContext context) {
    return name == null ? ofEnvironment(context) : fleet(name, "--fleet");
  }

  /** The fleet that the environment names, else the default one. Throws as {@link #in}. */
  public static Fleet ofEnvironment(CommandContext context) {
    String set = context.environment().getOrDefault(VARIABLE, "").strip();
    return set.isEmpty() ? Fleet.DEFAULT : fleet(set, VARIABLE);
  }

  /**
   * Of a command that looks at all fleets: the one that was typed, whatever the environment says.
   *
   * @throws CommandException as {@link #in}
   */
  public static Optional<Fleet> typed(@Nullable String name) {
    return Optional.ofNullable(name).map(typed -> fleet(typed, "--fleet"));
  }

  private static Fleet fleet(String name, String from) {
    try {
      return new Fleet(name);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(from + ": " + e.getMessage());
    }
  }

  /** As it is added to a command that is to be typed; empty for the default fleet. */
  public static String words(Fleet fleet) {
    return fleet.equals(Fleet.DEFAULT) ? "" : " --fleet " + fleet.name();
  }

  /** That a task queue waits for a worker, and how to start one. */
  public static String unattended(String taskQueue) {
    return "No worker polls task queue "
        + taskQueue
        + ": start one with "
        + worker(taskQueue)
        + ". Still waiting.";
  }

  /** The command that starts a worker for a task queue. */
  public static String worker(String taskQueue) {
    return "`repofleet worker" + Fleet.polling(taskQueue).map(FleetOption::words).orElse("") + "`";
  }
}
