package dev.repofleet.starter.command;

import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.IExitCodeGenerator;

/** Data that standard output did not take: its disk is full, or nobody reads on. */
public final class LostOutputException extends RuntimeException implements IExitCodeGenerator {
  private static final long serialVersionUID = 1L;

  private final boolean readerGone;

  private LostOutputException(String message, boolean readerGone, IOException cause) {
    super(message, cause);
    this.readerGone = readerGone;
  }

  static LostOutputException of(IOException failure) {
    // The system's words for EPIPE, of which Java makes no type of its own; translated, it may be
    // in brackets.
    boolean readerGone =
        String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
    return new LostOutputException(
        "standard output can't be written: " + failure.getMessage(), readerGone, failure);
  }

  /** Whether who read it has ended, as {@code head} does: that is no fault, and nothing is said. */
  public boolean readerGone() {
    return readerGone;
  }

  /** As if a person had interrupted the program when the reader is gone, else a fault's. */
  @Override
  public int getExitCode() {
    return (readerGone ? ExitCode.INTERRUPTED : ExitCode.INTERNAL).number();
  }
}
