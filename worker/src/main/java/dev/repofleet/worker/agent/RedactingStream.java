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
  /** A longer line is passed on in parts, of which none ends inside a secret or a character. */
  private static final int MAX_LINE = 4 << 20;

  private static final int MAX_CHARACTER = 4;

  private final KnownSecrets secrets;
  private final int longest;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  RedactingStream(OutputStream out, KnownSecrets secrets) {
    super(out);
    this.secrets = secrets;
    this.longest = secrets.longest();
  }

  @Override
  public void write(int one) throws IOException {
    line.write(one);
    if (one == '\n') {
      pass();
    } else if (line.size() >= MAX_LINE) {
      passPart();
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    for (int i = offset; i < offset + length; i++) {
      boolean ends = bytes[i] == '\n';
      if (ends || line.size() + i + 1 - from >= MAX_LINE) {
        line.write(bytes, from, i + 1 - from);
        from = i + 1;
        if (ends) {
          pass();
        } else {
          passPart();
        }
      }
    }
    line.write(bytes, from, offset + length - from);
  }

  private void pass() throws IOException {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    out.write(secrets.redact(text).getBytes(StandardCharsets.UTF_8));
  }

  /** Keeps back what may be the beginning of a secret that goes on. */
  private void passPart() throws IOException {
    byte[] bytes = line.toByteArray();
    int whole = lastCharacter(bytes);
    String clean = secrets.redact(new String(bytes, 0, whole, StandardCharsets.UTF_8));
    int end = Math.max(0, clean.length() - longest);
    if (end > 0 && Character.isHighSurrogate(clean.charAt(end - 1))) {
      end--;
    }
    line.reset();
    line.writeBytes(clean.substring(end).getBytes(StandardCharsets.UTF_8));
    line.write(bytes, whole, bytes.length - whole);
    out.write(clean.substring(0, end).getBytes(StandardCharsets.UTF_8));
  }

  /** Where the last character of UTF-8 begins, which may not be there to its end. */
  private static int lastCharacter(byte[] bytes) {
    for (int at = bytes.length - 1; at >= Math.max(0, bytes.length - MAX_CHARACTER); at--) {
      if ((bytes[at] & 0xc0) != 0x80) {
        return at;
      }
    }
    return bytes.length; // not UTF-8
  }

  @Override
  public void close() throws IOException {
    pass();
    super.close();
  }
}
