package dev.repofleet.e2b.local.host;

import java.nio.file.Path;

/**
 * A file or directory of the host that every sandbox sees read-only.
 *
 * @param source absolute real path on the host
 * @param target absolute path inside
 */
public record ToolMount(Path source, String target) {
  /** Refuses relative paths. */
  public ToolMount {
    if (!source.isAbsolute() || !target.startsWith("/")) {
      throw new IllegalArgumentException(
          "a tool mount needs absolute paths, not " + source + " at " + target);
    }
  }
}
