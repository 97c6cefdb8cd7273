package dev.repofleet.starter.command;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Where a program's data goes. A {@link PrintWriter} keeps a failed write to itself: a full disk
 * would leave half a report and exit code 0, and who looks on for a reader that has gone would go
 * on for hours. Here a failed write ends the command. Thread-safe as the stream is.
 */
public final class StandardOutput extends OutputStream {
  private final OutputStream to;

  private StandardOutput(OutputStream to) {
    this.to = to;
  }

  /** Data is UTF-8, whatever characters the locale names; each line is written at once. */
  public static PrintWriter writer(OutputStream to) {
    return new PrintWriter(
        new OutputStreamWriter(new StandardOutput(to), StandardCharsets.UTF_8), true);
  }

  @Override
  public void write(int octet) {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      to.write(bytes, offset, length);
    } catch (IOException e) {
      throw LostOutputException.of(e);
    }
  }

  @Override
  public void flush() {
    try {
      to.flush();
    } catch (IOException e) {
      throw LostOutputException.of(e);
    }
  }
}
