package dev.repofleet.starter;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.LostOutputException;
import dev.repofleet.starter.command.NearestName;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.client.TemporalUnreachableException;
import dev.repofleet.workflows.client.encryption.PayloadEncryptionException;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowServiceException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExitCodeGenerator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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
    err.println("repofleet: " + PlainText.of(sentence(failure), 500));
    err.println("See `" + command.getCommandSpec().qualifiedName() + " --help`.");
    err.flush();
    return ExitCode.WRONG_USE.number();
  }

  private static String sentence(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return String.valueOf(failure.getMessage());
    }
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    String typed = unmatched.getUnmatched().get(0);
    String name = command.qualifiedName();
    if (typed.startsWith("-")) {
      List<String> options =
          command.options().stream()
              .filter(option -> !option.hidden())
              .map(OptionSpec::longestName)
              .toList();
      return name + " has no option '" + typed + "'" + meant(typed, options);
    }
    return command.subcommands().isEmpty()
        ? "'" + typed + "' is one argument too many for " + name
        : name
            + " has no command '"
            + typed
            + "'"
            + meant(typed, List.copyOf(command.subcommands().keySet()));
  }

  /** The nearest name, or all of them where none is near. */
  private static String meant(String typed, List<String> names) {
    return NearestName.of(typed, names)
        .map(name -> ": did you mean '" + name + "'?")
        .orElseGet(() -> ": there are " + String.join(", ", names));
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return ExitCode.INTERRUPTED.number();
    }
    if (failure instanceof LostOutputException lost && lost.readerGone()) {
      return lost.getExitCode();
    }
    Exception told = told(failure);
    String message = told.getMessage();
    ExitCode code = codeOf(told);
    if (told instanceof IExitCodeGenerator || code != ExitCode.INTERNAL) {
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
    return told instanceof IExitCodeGenerator named ? named.getExitCode() : code.number();
  }

  /** What can't be decrypted comes wrapped in whatever was being asked for. */
  private static Exception told(Exception failure) {
    Optional<PayloadEncryptionException> encrypted = PayloadEncryptionException.in(failure);
    if (encrypted.isPresent()) {
      return encrypted.get();
    }
    if (failure instanceof InvalidPathException path) {
      return CommandException.wrongUse(
          "'"
              + PlainText.of(path.getInput(), 100)
              + "' can't be the name of a file here: "
              + path.getReason()
              + "; where it is for its letters, set LC_ALL=C.UTF-8");
    }
    return failure instanceof WorkflowServiceException service ? ofTemporal(service) : failure;
  }

  /** A call that was not only a look: when no answer comes, it may have been carried out. */
  private static Exception ofTemporal(WorkflowServiceException failure) {
    if (!(failure.getCause() instanceof StatusRuntimeException status)) {
      return failure;
    }
    return switch (status.getStatus().getCode()) {
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          new TemporalAwayException(
              "Temporal does not allow this to the login: check TEMPORAL_API_KEY or TEMPORAL_TLS_*,"
                  + " and what the login may do",
              failure);
      case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED ->
          new TemporalAwayException(
              "Temporal does not answer ("
                  + status.getStatus().getCode()
                  + "): what was asked for may still take effect; `repofleet list` shows the"
                  + " batches when it is back",
              failure);
      default -> failure;
    };
  }

  private static ExitCode codeOf(Exception failure) {
    boolean unreachable =
        failure instanceof TemporalUnreachableException
            || failure instanceof TemporalAwayException
            || failure instanceof PayloadEncryptionException
            || failure instanceof ArtifactException;
    return unreachable ? ExitCode.UNREACHABLE : ExitCode.INTERNAL;
  }
}
