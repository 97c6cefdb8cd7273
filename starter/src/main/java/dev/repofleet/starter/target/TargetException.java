package dev.repofleet.starter.target;

import dev.repofleet.starter.command.ExitCode;
import picocli.CommandLine.IExitCodeGenerator;

/**
 * A target can't be reviewed, which is known before anything starts. The message is for the person
 * who named it, and may have a line for each of several targets.
 */
public class TargetException extends RuntimeException implements IExitCodeGenerator {
  private static final long serialVersionUID = 1L;

  TargetException(String message) {
    super(message);
  }

  @Override
  public int getExitCode() {
    return ExitCode.WRONG_USE.number();
  }
}
