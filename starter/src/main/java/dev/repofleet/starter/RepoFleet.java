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
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

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
    return program(CommandContext.ofProcess(EmbeddedCommands.localStacks()))
        .setOut(out)
        .setExecutionStrategy(parsed -> execute(parsed, out))
        .execute(arguments);
  }

  /** What a command can't print its faults tell; a text of help is printed by picocli itself. */
  private static int execute(ParseResult parsed, PrintWriter out) {
    try {
      int code = new RunLast().execute(parsed);
      out.flush();
      return code;
    } catch (LostOutputException e) {
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
