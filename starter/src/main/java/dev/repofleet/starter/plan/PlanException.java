package dev.repofleet.starter.plan;

import dev.repofleet.starter.command.ExitCode;
import picocli.CommandLine.IExitCodeGenerator;

/**
 * A plan can't be used. The message is a sentence for the one who wrote it and begins with {@code
 * file:line:column:} where a place is to blame.
 */
public final class PlanException extends RuntimeException implements IExitCodeGenerator {
  private static final long serialVersionUID = 1L;

  PlanException(String message) {
    super(message);
  }

  @Override
  public int getExitCode() {
    return ExitCode.WRONG_USE.number();
  }
}
