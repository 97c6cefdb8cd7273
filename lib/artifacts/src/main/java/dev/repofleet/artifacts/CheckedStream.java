package dev.repofleet.artifacts;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Compares the hash of what was read when the end is reached; for one thread. */
final class CheckedStream extends FilterInputStream {
  private final String uri;
  private final String sha256;
  private final MessageDigest digest = Sha256.digest();
  private @Nullable String found;

  CheckedStream(InputStream in, String uri, String sha256) {
    super(in);
    this.uri = uri;
    this.sha256 = sha256;
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    if (one >= 0) {
      digest.update((byte) one);
    } else {
      atEnd();
    }
    return one;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = super.read(buffer, offset, length);
    if (count > 0) {
      digest.update(buffer, offset, count);
    } else if (count < 0) {
      atEnd();
    }
    return count;
  }

  /** Skipping reads: what was not seen can't be checked. */
  @Override
  public long skip(long count) throws IOException {
    byte[] buffer = new byte[(int) Math.max(0, Math.min(count, 8192))];
    return Math.max(0, read(buffer, 0, buffer.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void atEnd() {
    if (found == null) {
      found = Sha256.hex(digest.digest());
    }
    if (!found.equals(sha256)) {
      throw new ArtifactCorruptException(
          uri + " is damaged: its SHA-256 is " + found + " in place of " + sha256);
    }
  }
}
