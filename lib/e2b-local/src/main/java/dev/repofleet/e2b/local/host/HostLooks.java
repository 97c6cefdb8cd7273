package dev.repofleet.e2b.local.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.machine.DirectoryLooks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Looks of one process that lives in the sandbox as long as the watch. */
final class HostLooks implements DirectoryLooks {
  private static final int LONGEST_FIELD = 64 * 1024;

  /** Larger directories are refused rather than held. */
  private static final int MOST_ENTRIES = 100_000;

  private static final String END = "end";

  private final Process process;
  private final InputStream in;
  private final String start;

  HostLooks(Process process, InputStream in, String start) {
    this.process = process;
    this.in = in;
    this.start = start;
  }

  @Override
  public Map<String, Seen> look() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    Map<String, Seen> seen = new LinkedHashMap<>();
    for (String first = field(); !first.equals(END); first = field()) {
      String[] fields = new String[FileEntries.FIELDS];
      fields[0] = first;
      for (int at = 1; at < fields.length; at++) {
        fields[at] = field();
      }
      String inode = field();
      ObjectNode entry = FileEntries.entry(fields, 0, start);
      seen.put(fields[FileEntries.FIELDS - 1], Seen.of(inode, entry));
      if (seen.size() > MOST_ENTRIES) {
        throw new IOException("there is too much below the directory to be watched");
      }
    }
    return seen;
  }

  private String field() throws IOException {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    int next = in.read();
    while (next > 0) {
      if (field.size() > LONGEST_FIELD) {
        throw new IOException("a path is too long to be watched");
      }
      field.write(next);
      next = in.read();
    }
    if (next < 0) {
      throw new IOException("the sandbox is ending");
    }
    return field.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
