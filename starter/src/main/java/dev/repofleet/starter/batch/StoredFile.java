package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactStore;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * A file of the artifact store as it was before it was gzipped; one that is not is read as it is.
 */
public final class StoredFile {
  private StoredFile() {}

  /**
   * Opens it. What can't be read later on is an {@link ArtifactException} too, so that nobody takes
   * it for a file that can't be written; damaged gzip is an {@link IOException}.
   *
   * @throws ArtifactException when it is not there or can't be read
   */
  public static InputStream open(ArtifactStore store, String uri) throws IOException {
    return unzipped(store.open(uri), uri);
  }

  static InputStream unzipped(InputStream stored, String uri) throws IOException {
    InputStream in = new Stored(new BufferedInputStream(stored), uri);
    try {
      in.mark(2);
      boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
      in.reset();
      return gzip ? new GZIPInputStream(in) : in;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** The bytes as they lie in the store. */
  private static final class Stored extends FilterInputStream {
    private final String uri;

    private Stored(InputStream in, String uri) {
      super(in);
      this.uri = uri;
    }

    @Override
    public int read() {
      try {
        return super.read();
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      try {
        return super.read(bytes, offset, length);
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    /**
     * Never 0, which JDK 17 takes for the end of a gzipped file where one of its members ends; a
     * stream from the network has 0 whenever it would wait.
     */
    @Override
    public int available() throws IOException {
      return Math.max(1, super.available());
    }

    private ArtifactException unreadable(IOException e) {
      return new ArtifactException("cannot read " + uri + ": " + e, e);
    }
  }
}
