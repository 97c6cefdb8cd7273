package dev.repofleet.starter;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.LostOutputException;
import dev.repofleet.starter.command.StandardOutput;
import dev.repofleet.starter.embedded.EmbeddedCommands;
import dev.repofleet.starter.embedded.StackLog;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;

/** The program. */
public final class RepoFleet {
  /** Held, or the setting would be collected with the logger. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private RepoFleet() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // What gRPC tells of an address that is no good is told again, in a sentence, by whoever asked.
    GRPC.setLevel(Level.OFF);
    try {
      StackLog.toConsole(System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println("repofleet: " + e.getMessage());
      System.exit(ExitCode.WRONG_USE.number());
    }
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    PrintWriter out = StandardOutput.writer(new FileOutputStream(FileDescriptor.out));
    try {
      int code =
          program(CommandContext.ofProcess(EmbeddedCommands.localStacks()))
              .setOut(out)
              .execute(arguments);
      out.flush();
      return code;
    } catch (LostOutputException e) {
      // Of a text of help: what a command prints is told by its own faults.
      if (!e.readerGone()) {
        System.err.println("repofleet: " + e.getMessage());
      }
      return e.getExitCode();
    }
  }

  /** All verbs, in a world of their own. */
  static CommandLine program(CommandContext context) {
    return RepoFleetCommand.line(
        context, line -> EmbeddedCommands.addTo(line, context, RepoFleet::program));
  }
}
