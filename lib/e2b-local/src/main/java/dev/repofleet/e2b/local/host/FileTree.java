package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.wire.Redaction;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Copies what sandboxes have written. */
final class FileTree {
  private static final long LONGEST_MINUTES = 10;

  private FileTree() {}

  /**
   * Copies a tree with owners, modes, times and links as they are, none of them followed; on a file
   * system that can, without taking space. Blocks, at most 10 minutes. On failure what was copied
   * so far is deleted.
   *
   * @param target does not exist yet; its parent does
   */
  static void copy(Path source, Path target) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/cp", "-a", "--reflink=auto", "--", source.toString(), target.toString());
    builder.environment().clear();
    builder.environment().putAll(Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C"));
    builder.redirectInput(new File("/dev/null")).redirectErrorStream(true);
    Process process = builder.start();
    boolean done = false;
    try {
      String said =
          new String(process.getInputStream().readNBytes(2048), StandardCharsets.UTF_8).strip();
      boolean ended = process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES);
      if (!ended || process.exitValue() != 0) {
        throw new IOException(
            "the files of a sandbox could not be copied: "
                + (ended ? Redaction.printable(said) : "it took too long"));
      }
      done = true;
    } finally {
      process.destroyForcibly();
      if (!done) {
        Trash.delete(target);
      }
    }
  }
}
