package dev.repofleet.e2b;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory in a sandbox.
 *
 * @param name the last part of the path
 * @param path the absolute path
 * @param type what it is; for a link, what it leads to
 * @param size bytes; for a link, the link's own
 * @param mode permission bits
 * @param permissions as {@code ls} shows them, for example {@code -rw-r--r--}; a link's begins with
 *     L
 * @param owner name of the owning user
 * @param group name of the owning group
 * @param modifiedAt last change, by the sandbox's clock; null if envd did not tell
 * @param symlinkTarget where a link leads; null if it is none
 * @param metadata labels that it was written with, keys in lower case; see {@link
 *     Files#write(String, byte[], Map)}
 */
public record FileEntry(
    String name,
    String path,
    FileType type,
    long size,
    int mode,
    String permissions,
    String owner,
    String group,
    @Nullable Instant modifiedAt,
    @Nullable String symlinkTarget,
    Map<String, String> metadata) {

  /** Copies the metadata. */
  public FileEntry {
    metadata = Map.copyOf(metadata);
  }

  /** One without metadata. */
  public FileEntry(
      String name,
      String path,
      FileType type,
      long size,
      int mode,
      String permissions,
      String owner,
      String group,
      @Nullable Instant modifiedAt,
      @Nullable String symlinkTarget) {
    this(
        name,
        path,
        type,
        size,
        mode,
        permissions,
        owner,
        group,
        modifiedAt,
        symlinkTarget,
        Map.of());
  }

  /** Whether it is a directory, or a link to one. */
  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }
}
