package dev.repofleet.e2b;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Writes a tar archive: POSIX ustar, with pax records for what does not fit it. Entries belong to
 * root; whoever unpacks them says whose they become. Not thread-safe.
 */
final class TarWriter {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final long MAX_OCTAL_SIZE = 077777777777L;
  private static final int PERMISSIONS = 07777;

  /**
   * What stands before an entry's content.
   *
   * @param type {@code 0} a file, {@code 2} a link, {@code 5} a folder
   * @param link where a link leads, else empty
   */
  record Entry(String name, char type, int mode, Instant modifiedAt, long size, String link) {}

  private final OutputStream out;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Begins an entry; the caller writes as many bytes as it claims and then calls {@link #pad}. */
  void begin(Entry entry) throws IOException {
    StringBuilder records = new StringBuilder();
    if (!fits(entry.name())) {
      records.append(record("path", entry.name()));
    }
    if (!fits(entry.link())) {
      records.append(record("linkpath", entry.link()));
    }
    if (entry.size() > MAX_OCTAL_SIZE) {
      records.append(record("size", Long.toString(entry.size())));
    }
    if (records.length() > 0) {
      byte[] extended = records.toString().getBytes(StandardCharsets.UTF_8);
      out.write(header(new Entry("pax", 'x', 0644, entry.modifiedAt(), extended.length, "")));
      out.write(extended);
      pad(extended.length);
    }
    out.write(header(entry));
  }

  private static boolean fits(String text) {
    return text.length() <= NAME && text.chars().allMatch(c -> c < 0x80);
  }

  /** A record says its own length, the digits of the length included. */
  private static String record(String key, String value) {
    String rest = " " + key + "=" + value + "\n";
    int length = rest.getBytes(StandardCharsets.UTF_8).length;
    int total = length + Integer.toString(length).length();
    total = length + Integer.toString(total).length();
    return total + rest;
  }

  private static byte[] header(Entry entry) {
    byte[] block = new byte[BLOCK];
    put(block, 0, NAME, entry.name());
    octal(block, 100, 8, entry.mode() & PERMISSIONS);
    octal(block, 108, 8, 0);
    octal(block, 116, 8, 0);
    octal(block, 124, 12, Math.min(entry.size(), MAX_OCTAL_SIZE));
    octal(block, 136, 12, Math.max(0, entry.modifiedAt().getEpochSecond()));
    Arrays.fill(block, 148, 156, (byte) ' ');
    block[156] = (byte) entry.type();
    put(block, 157, NAME, entry.link());
    put(block, 257, 8, "ustar\0" + "00");
    long sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(block, 148, 7, sum);
    return block;
  }

  private static void put(byte[] block, int at, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, at, Math.min(length, bytes.length));
  }

  private static void octal(byte[] block, int at, int length, long value) {
    String digits = Long.toOctalString(value);
    put(block, at, length - 1, "0".repeat(Math.max(0, length - 1 - digits.length())) + digits);
    block[at + length - 1] = 0;
  }

  /** Fills up the last block of an entry's content. */
  void pad(long size) throws IOException {
    out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
  }

  /** Ends the archive, and leaves the stream open. */
  void end() throws IOException {
    out.write(new byte[2 * BLOCK]);
  }
}
