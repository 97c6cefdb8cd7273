package dev.repofleet.e2b;

import java.io.IOException;
import java.io.InputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/** Sends a stream as it is read, in chunks, once. */
final class UploadBody extends RequestBody {
  private static final int CHUNK = 64 << 10;

  /** The caller's stream failed, not the network. */
  static final class SourceFailedException extends IOException {
    SourceFailedException(IOException cause) {
      super(cause);
    }
  }

  private final InputStream source;

  UploadBody(InputStream source) {
    this.source = source;
  }

  @Override
  public MediaType contentType() {
    return OneShotBody.OCTETS;
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int count = read(chunk); count >= 0; count = read(chunk)) {
      sink.write(chunk, 0, count);
    }
  }

  private int read(byte[] chunk) throws IOException {
    try {
      return source.read(chunk);
    } catch (IOException e) {
      throw new SourceFailedException(e);
    }
  }
}
