package dev.repofleet.starter.target;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Refuses to read on and on for one row: a quote that is never closed would take all memory. */
final class LimitedReader extends FilterReader {
  /** More than any prompt, and than what is read ahead. */
  static final int MOST = 1 << 20;

  private int left = MOST;

  LimitedReader(Reader in) {
    super(in);
  }

  /** Called before each row. */
  void nextRow() {
    left = MOST;
  }

  @Override
  public int read() throws IOException {
    char[] one = new char[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    left -= Math.max(0, read);
    if (left < 0) {
      throw new RowTooLongException();
    }
    return read;
  }

  /** A row has more than {@link #MOST} characters. */
  static final class RowTooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
