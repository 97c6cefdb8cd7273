package dev.repofleet.e2b;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How a command ended and the first bytes of what it wrote. Immutable.
 *
 * <p>Each of the two outputs is kept up to {@link Command#maxOutput()}; the rest was read and
 * dropped, which the truncated flags tell. The order between stdout and stderr is not known. {@link
 * #toString()} shows sizes, no output.
 */
public final class CommandResult {
  private final long pid;
  private final CommandExit exit;
  private final byte[] stdout;
  private final byte[] stderr;
  private final boolean stdoutTruncated;
  private final boolean stderrTruncated;

  CommandResult(long pid, CommandExit exit, OutputCollector output) {
    this.pid = pid;
    this.exit = exit;
    this.stdout = output.stdout();
    this.stderr = output.stderr();
    this.stdoutTruncated = output.stdoutTruncated();
    this.stderrTruncated = output.stderrTruncated();
  }

  /** The process's id inside the sandbox. */
  public long pid() {
    return pid;
  }

  /** How it ended. */
  public CommandExit exit() {
    return exit;
  }

  /** The exit code; -1 if a signal ended it. */
  public int exitCode() {
    return exit.exitCode();
  }

  /** The signal that ended it, for example {@code killed}; empty if it ended by itself. */
  public Optional<String> signal() {
    return exit.signal();
  }

  /** Ended by itself with code 0. */
  public boolean succeeded() {
    return exit.succeeded();
  }

  /** Stdout as UTF-8; what is not UTF-8 becomes the replacement character. */
  public String stdout() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  /** Stderr as UTF-8; what is not UTF-8 becomes the replacement character. */
  public String stderr() {
    return new String(stderr, StandardCharsets.UTF_8);
  }

  /** A copy of the kept bytes of stdout. */
  public byte[] stdoutBytes() {
    return stdout.clone();
  }

  /** A copy of the kept bytes of stderr. */
  public byte[] stderrBytes() {
    return stderr.clone();
  }

  /** Whether stdout was longer than what was kept. */
  public boolean stdoutTruncated() {
    return stdoutTruncated;
  }

  /** Whether stderr was longer than what was kept. */
  public boolean stderrTruncated() {
    return stderrTruncated;
  }

  /** Whether either output was longer than what was kept. */
  public boolean truncated() {
    return stdoutTruncated || stderrTruncated;
  }

  @Override
  public String toString() {
    return "CommandResult[pid=%d, %s, stdout=%d bytes, stderr=%d bytes, truncated=%s]"
        .formatted(pid, exit.describe(), stdout.length, stderr.length, truncated());
  }
}
