package dev.repofleet.starter.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IExitCodeGenerator;

/**
 * Ends a command with an exit code and one sentence for a person: the thing, the cause, the way
 * out. No stack trace is shown for it.
 */
public final class CommandException extends RuntimeException implements IExitCodeGenerator {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  /** With what lies below it, for the one who debugs. */
  public CommandException(ExitCode exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = Objects.requireNonNull(exitCode, "exitCode");
  }

  /** Wrong use: exit code 2, and nothing was started. */
  public static CommandException wrongUse(String message) {
    return new CommandException(ExitCode.WRONG_USE, message, null);
  }

  /** Something that is needed is missing or does not answer: exit code 5. */
  public static CommandException unreachable(String message, @Nullable Throwable cause) {
    return new CommandException(ExitCode.UNREACHABLE, message, cause);
  }

  /** The code the program ends with. */
  public ExitCode exitCode() {
    return exitCode;
  }

  @Override
  public int getExitCode() {
    return exitCode.number();
  }
}
