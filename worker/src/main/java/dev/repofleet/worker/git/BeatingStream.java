package dev.repofleet.worker.git;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells with every piece that is read that the work goes on: an upload may take many minutes. */
final class BeatingStream extends FilterInputStream {
  private final Runnable beat;

  BeatingStream(InputStream in, Runnable beat) {
    super(in);
    this.beat = beat;
  }

  @Override
  public int read() throws IOException {
    beat.run();
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    beat.run();
    return super.read(bytes, offset, length);
  }
}
