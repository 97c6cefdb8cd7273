package dev.repofleet.starter.command;

import dev.repofleet.workflows.Fleet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --fleet}, of every command that acts for one fleet: mixed in by picocli. */
public final class FleetOption {
  /** Names the fleet for who does not say {@code --fleet}. */
  public static final String VARIABLE = "REPOFLEET_FLEET";

  private static final String RUN_QUEUE = "-run";

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
    if (name.endsWith(RUN_QUEUE)) {
      // Its task queue would be the one of the agent runs of another fleet.
      throw CommandException.wrongUse(
          from + " is '" + name + "': a fleet's name does not end with '" + RUN_QUEUE + "'");
    }
    try {
      return new Fleet(name);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(
          from
              + " is '"
              + name
              + "': a fleet's name is 1 to 31 of a-z, 0-9 and '-', a letter or digit first");
    }
  }

  /** The fleet that polls a task queue; empty when it is the queue of no fleet. */
  public static Optional<Fleet> polling(String taskQueue) {
    String name =
        taskQueue.endsWith(RUN_QUEUE)
            ? taskQueue.substring(0, taskQueue.length() - RUN_QUEUE.length())
            : taskQueue;
    try {
      return Optional.of(new Fleet(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
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
    return "`repofleet worker" + polling(taskQueue).map(FleetOption::words).orElse("") + "`";
  }
}
