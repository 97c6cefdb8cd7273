package dev.repofleet.starter;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.starter.review.TemporalAwayException;
import dev.repofleet.workflows.client.TemporalUnreachableException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExitCodeGenerator;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into a sentence on standard error and an exit code. */
final class CommandFaults implements IExecutionExceptionHandler {
  private final CommandContext context;

  CommandFaults(CommandContext context) {
    this.context = context;
  }

  /** What was typed is no command: the sentence, and where the help is. */
  static int wrongUse(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("repofleet: " + PlainText.of(failure.getMessage()));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("See `" + command.getCommandSpec().qualifiedName() + " --help`.");
    err.flush();
    return ExitCode.WRONG_USE.number();
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return ExitCode.INTERRUPTED.number();
    }
    String message = failure.getMessage();
    ExitCode code = codeOf(failure);
    if (failure instanceof IExitCodeGenerator || code != ExitCode.INTERNAL) {
      (message == null ? "failed" : message)
          .lines()
          .forEach(line -> err.println("repofleet: " + PlainText.of(line)));
    } else {
      err.println(
          "repofleet: an internal error: "
              + PlainText.of(String.valueOf(failure), 500)
              + "; REPOFLEET_DEBUG=1 shows where");
    }
    if ("1".equals(context.environment().get("REPOFLEET_DEBUG"))) {
      failure.printStackTrace(err);
    }
    err.flush();
    return failure instanceof IExitCodeGenerator named ? named.getExitCode() : code.number();
  }

  private static ExitCode codeOf(Exception failure) {
    boolean unreachable =
        failure instanceof TemporalUnreachableException
            || failure instanceof TemporalAwayException
            || failure instanceof ArtifactException;
    return unreachable ? ExitCode.UNREACHABLE : ExitCode.INTERNAL;
  }
}
