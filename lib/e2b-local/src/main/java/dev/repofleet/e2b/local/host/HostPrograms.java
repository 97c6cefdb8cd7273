package dev.repofleet.e2b.local.host;

import java.nio.file.Path;
import java.util.Map;

/** The programs of the host by which sandboxes are started and entered, by absolute path. */
public record HostPrograms(String bwrap, String nsenter, String setpriv, String setsid) {
  /** A fixed list: what enters a sandbox must not depend on the caller's PATH. */
  private static final Map<String, String> PLACES =
      Map.of("PATH", "/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin");

  /**
   * Finds them.
   *
   * @throws IllegalStateException naming the first that is missing and its package
   */
  public static HostPrograms find() {
    return new HostPrograms(
        find("bwrap", "bubblewrap"),
        find("nsenter", "util-linux"),
        find("setpriv", "util-linux"),
        find("setsid", "util-linux"));
  }

  public static String find(String name, String packageName) {
    return ExecutableSearch.locate(name, PLACES)
        .map(Path::toString)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "%s was not found in %s; install the package %s."
                        .formatted(name, PLACES.get("PATH"), packageName)));
  }
}
