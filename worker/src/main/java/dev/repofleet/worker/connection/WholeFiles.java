package dev.repofleet.worker.connection;

import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Files of a sandbox that whoever reads them finds whole or not at all, though several attempts at
 * a step write them at once: a worker that stood still may wake and write while what another one
 * started is reading. E2B writes into the file that is there, having emptied it. Stateless.
 */
public final class WholeFiles {
  private WholeFiles() {}

  /**
   * Writes them beside their places and moves each to its own. After a failure each is as it was,
   * or new.
   *
   * @param contents path → content, in the order in which they appear
   * @throws E2bException as writing and moving throw
   */
  public static void write(Files files, Map<String, byte[]> contents) {
    String mark = "." + UUID.randomUUID();
    Map<String, byte[]> beside = new LinkedHashMap<>();
    contents.forEach((path, content) -> beside.put(path + mark, content));
    files.writeAll(beside);
    contents.keySet().forEach(path -> files.move(path + mark, path));
  }
}
