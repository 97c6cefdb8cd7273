package dev.repofleet.starter;

import dev.repofleet.starter.embedded.EmbeddedCommands;
import dev.repofleet.starter.embedded.EmbeddedStack;
import picocli.CommandLine;

/** The program. */
public final class RepoFleet {
  private RepoFleet() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(program(CommandContext.ofProcess(EmbeddedStack::open)).execute(arguments));
  }

  /** All verbs, in a world of their own. */
  static CommandLine program(CommandContext context) {
    return RepoFleetCommand.line(
        context, line -> EmbeddedCommands.addTo(line, context, RepoFleet::program));
  }
}
