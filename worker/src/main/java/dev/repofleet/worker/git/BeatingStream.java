package dev.repofleet.worker.git;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Tells with every piece that is read that the work goes on: an upload may take many minutes. It is
 * read in a thread of the HTTP client's, where what the beat throws to let go would be printed and
 * lost; it fails as a stream does, and whoever uploads asks the beat again.
 */
final class BeatingStream extends FilterInputStream {
  private final Runnable beat;

  BeatingStream(InputStream in, Runnable beat) {
    super(in);
    this.beat = beat;
  }

  private void beat() throws IOException {
    try {
      beat.run();
    } catch (RuntimeException e) {
      throw new IOException("the upload is let go", e);
    }
  }

  @Override
  public int read() throws IOException {
    beat();
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    beat();
    return super.read(bytes, offset, length);
  }
}
