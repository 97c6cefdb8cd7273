package dev.repofleet.e2b.local.simulated;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The repository that every clone in a simulated sandbox brings, whatever was asked for. Immutable.
 *
 * @param files text by path, at least one
 */
public record SimulatedRepository(SortedMap<String, String> files) {
  /** Copies, and refuses a repository without files. */
  public SimulatedRepository {
    files = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(files));
    if (files.isEmpty()) {
      throw new IllegalArgumentException("a simulated repository needs at least one file");
    }
  }

  /**
   * A small one of three files.
   *
   * @return the repository used unless another is given
   */
  public static SimulatedRepository small() {
    return new SimulatedRepository(
        new TreeMap<>(
            Map.of(
                "README.md", "# A simulated repository\n\nNothing here was cloned.\n",
                "src/main.py", "import sys\n\n\ndef main():\n    print(sys.argv[1:])\n\n\nmain()\n",
                "src/config.py", "DEBUG = True\nTIMEOUT_SECONDS = 30\n")));
  }

  /** Its bytes, all files together. */
  long bytes() {
    return files.values().stream().mapToLong(text -> bytes(text).length).sum();
  }

  /** A hash over paths and contents, in the form of Git's; not the one that Git would give. */
  static String treeHash(SortedMap<String, byte[]> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      files.forEach(
          (path, content) -> {
            digest.update(bytes(path + "\0" + content.length + "\0"));
            digest.update(content);
          });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("this JDK has no SHA-1", impossible);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
