package dev.repofleet.workflows.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that pin what was released: golden payloads and histories, under {@code
 * src/test/resources}. With {@code -Drepofleet.record=true} the tests that read them write those
 * that are not there. One that is there stays as it is, since what was released once must be read
 * for ever; delete it to have it written anew, and look at the difference before it is committed.
 */
public final class Recording {
  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private Recording() {}

  /** Whether files that are not there are to be written. */
  public static boolean on() {
    return Boolean.getBoolean("repofleet.record");
  }

  /** The text of a file such as {@code golden/Target.json}. */
  public static String read(String name) {
    try {
      return Files.readString(RESOURCES.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(
          name + " can't be read: record it with -Drepofleet.record=true", e);
    }
  }

  /** The history of a workflow. Who polled is no part of a decision, and nobody's business. */
  public static void writeHistory(String name, String history) {
    write(
        "histories/" + name + ".json",
        history.replaceAll("\"identity\": \"[^\"]*\"", "\"identity\": \"worker\"") + "\n");
  }

  /** Writes a file such as {@code golden/Target.json}, unless it is there. */
  public static void write(String name, String text) {
    Path file = RESOURCES.resolve(name);
    if (Files.exists(file)) {
      return;
    }
    try {
      Files.createDirectories(file.resolveSibling("."));
      Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(name + " can't be written", e);
    }
  }
}
