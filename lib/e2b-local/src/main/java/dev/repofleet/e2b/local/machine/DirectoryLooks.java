package dev.repofleet.e2b.local.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;

/** Repeated looks at what is below one directory. Used by one thread at a time. May block. */
public interface DirectoryLooks extends AutoCloseable {
  /**
   * What is there, by its path below the directory. Nothing, when the directory is gone.
   *
   * @throws IOException when the sandbox is ending
   */
  Map<String, Seen> look() throws IOException;

  @Override
  void close();

  /**
   * One file or directory at the time of a look.
   *
   * @param identity stays the same when it is renamed; empty if that can't be told
   * @param content differs when it was written to
   * @param rights differ when its owner or permission bits were changed
   * @param entry envd's EntryInfo
   */
  record Seen(String identity, String content, String rights, ObjectNode entry) {
    public static Seen of(String identity, ObjectNode entry) {
      boolean directory = entry.path("type").asText().equals("FILE_TYPE_DIRECTORY");
      String content =
          directory ? "" : entry.path("modifiedTime").asText() + " " + entry.path("size").asText();
      String rights = entry.path("permissions").asText() + " " + entry.path("owner").asText();
      return new Seen(identity, content, rights, entry);
    }

    public boolean isEmpty() {
      return entry.path("size").asText("0").equals("0") || content.isEmpty();
    }
  }
}
