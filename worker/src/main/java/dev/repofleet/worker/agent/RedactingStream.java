package dev.repofleet.worker.agent;

import dev.repofleet.worker.secrets.KnownSecrets;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Passes lines on with known secrets taken out, wherever the pieces it is given are cut. For one
 * thread; closing it closes the stream behind it.
 */
final class RedactingStream extends FilterOutputStream {
  /** A longer line is passed on in parts; no event or log line seen came near. */
  private static final int MAX_LINE = 4 << 20;

  private final KnownSecrets secrets;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  RedactingStream(OutputStream out, KnownSecrets secrets) {
    super(out);
    this.secrets = secrets;
  }

  @Override
  public void write(int one) throws IOException {
    line.write(one);
    if (one == '\n' || line.size() >= MAX_LINE) {
      pass();
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '\n' || line.size() + i - from >= MAX_LINE) {
        line.write(bytes, from, i + 1 - from);
        from = i + 1;
        pass();
      }
    }
    line.write(bytes, from, offset + length - from);
  }

  private void pass() throws IOException {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    out.write(secrets.redact(text).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    pass();
    super.close();
  }
}
