package dev.repofleet.e2b.local.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the parts of a multipart/form-data body one after the other, holding one buffer's worth.
 * Not thread-safe.
 */
public final class MultipartReader {
  private static final int BUFFER = 64 * 1024;
  private static final int LONGEST_HEADER = 16 * 1024;
  private static final Pattern BOUNDARY =
      Pattern.compile("boundary=(?:\"([^\"]{1,200})\"|([^;\\s]{1,200}))");
  private static final Pattern PARAMETER = Pattern.compile(";\\s*(name|filename)=\"([^\"]*)\"");

  /** A part that is being read; its content must be read before the next is asked for. */
  public record Part(String name, String filename, InputStream content) {}

  private final byte[] delimiter;
  private final PushbackInputStream in;
  private boolean open;

  public MultipartReader(String contentType, InputStream body) throws IOException {
    Matcher matcher = BOUNDARY.matcher(contentType);
    if (!matcher.find()) {
      throw new IOException("the multipart body has no boundary");
    }
    String boundary = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    this.in = new PushbackInputStream(body, BUFFER + delimiter.length);
    // The first delimiter may stand at the very start, without a line before it.
    in.unread(new byte[] {'\r', '\n'});
    this.open = true;
    try (InputStream preamble = new PartStream()) {
      preamble.transferTo(java.io.OutputStream.nullOutputStream());
    }
  }

  /** The next part, or empty after the last. */
  public Optional<Part> next() throws IOException {
    if (!open) {
      return Optional.empty();
    }
    String line = line();
    if (line.startsWith("--")) {
      open = false;
      return Optional.empty();
    }
    String name = "";
    String filename = "";
    for (line = line(); !line.isEmpty(); line = line()) {
      if (line.regionMatches(true, 0, "content-disposition:", 0, 20)) {
        Matcher matcher = PARAMETER.matcher(line);
        while (matcher.find()) {
          if (matcher.group(1).equals("name")) {
            name = matcher.group(2);
          } else {
            filename = unescape(matcher.group(2));
          }
        }
      }
    }
    return Optional.of(new Part(name, filename, new PartStream()));
  }

  /** What browsers and the official SDK escape in a file name. */
  private static String unescape(String filename) {
    return filename.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next != '\n') {
      if (next < 0 || line.size() > LONGEST_HEADER) {
        throw new IOException("the multipart body is cut or its headers are too long");
      }
      line.write(next);
      next = in.read();
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  /** The bytes up to the next delimiter. */
  private final class PartStream extends InputStream {
    private final byte[] buffer = new byte[BUFFER];
    private boolean done;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (done) {
        return -1;
      }
      if (length == 0) {
        return 0;
      }
      int filled = fill();
      int found = indexOfDelimiter(filled);
      int usable = found >= 0 ? found : filled - delimiter.length + 1;
      int count = Math.min(usable, length);
      System.arraycopy(buffer, 0, target, offset, count);
      if (found >= 0 && count == found) {
        done = true;
        in.unread(buffer, found + delimiter.length, filled - found - delimiter.length);
        return count == 0 ? -1 : count;
      }
      in.unread(buffer, count, filled - count);
      return count;
    }

    /** At least a delimiter's length, unless the body is cut. */
    private int fill() throws IOException {
      int filled = 0;
      while (filled < delimiter.length) {
        int count = in.read(buffer, filled, buffer.length - filled);
        if (count < 0) {
          throw new IOException("the multipart body is cut");
        }
        filled += count;
      }
      return filled;
    }

    private int indexOfDelimiter(int filled) {
      for (int start = 0; start <= filled - delimiter.length; start++) {
        int matched = 0;
        while (matched < delimiter.length && buffer[start + matched] == delimiter[matched]) {
          matched++;
        }
        if (matched == delimiter.length) {
          return start;
        }
      }
      return -1;
    }
  }
}
