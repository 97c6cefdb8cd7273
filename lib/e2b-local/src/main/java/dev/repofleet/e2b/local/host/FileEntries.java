package dev.repofleet.e2b.local.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.machine.SandboxPaths;
import dev.repofleet.e2b.local.wire.Wire;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Turns find's NUL-separated fields into envd's EntryInfo (E2B contract, 5.1). Stateless. */
final class FileEntries {
  /** How many fields an entry has. */
  static final int FIELDS = 10;

  private FileEntries() {}

  /**
   * Reads all entries.
   *
   * @param output type, type behind links, size, octal mode, mode text, owner, group, time, link
   *     target, path below the start; each ended by NUL
   * @param start the path that was asked for
   */
  static List<ObjectNode> parse(byte[] output, String start) {
    String[] fields = new String(output, StandardCharsets.UTF_8).split("\0", -1);
    List<ObjectNode> entries = new ArrayList<>();
    for (int at = 0; at + FIELDS < fields.length; at += FIELDS) {
      entries.add(entry(fields, at, start));
    }
    return entries;
  }

  /** Reads the entry that begins at a field. */
  static ObjectNode entry(String[] fields, int at, String start) {
    String below = fields[at + 9];
    String path = below.isEmpty() ? start : (start.equals("/") ? "" : start) + "/" + below;
    boolean link = fields[at].equals("l");
    ObjectNode entry = Wire.object();
    entry.put("name", SandboxPaths.name(path));
    entry.put("type", type(link ? fields[at + 1] : fields[at], link));
    entry.put("path", path);
    entry.put("size", fields[at + 2]);
    entry.put("mode", Integer.parseInt(fields[at + 3], 8));
    entry.put("permissions", fields[at + 4].replaceFirst("^l", "L"));
    entry.put("owner", fields[at + 5]);
    entry.put("group", fields[at + 6]);
    entry.put("modifiedTime", time(fields[at + 7]));
    if (link) {
      entry.put("symlinkTarget", fields[at + 8]);
    }
    return entry;
  }

  /** A link is told as what it leads to; a broken one as a link. */
  private static String type(String letter, boolean link) {
    return switch (letter) {
      case "f" -> "FILE_TYPE_FILE";
      case "d" -> "FILE_TYPE_DIRECTORY";
      default -> link ? "FILE_TYPE_SYMLINK" : "FILE_TYPE_UNSPECIFIED";
    };
  }

  private static String time(String seconds) {
    BigDecimal exact = new BigDecimal(seconds);
    long whole = exact.toBigInteger().longValue();
    long nanos = exact.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue();
    return Instant.ofEpochSecond(whole, nanos).toString();
  }
}
