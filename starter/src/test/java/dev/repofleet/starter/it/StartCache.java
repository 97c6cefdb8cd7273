package dev.repofleet.starter.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The classes that the program loads at its start, ready for the JVM to use: integration tests
 * start some hundred processes, and this takes a third to a half of a start's CPU away.
 * Thread-safe, between processes too.
 */
final class StartCache {
  /** The first Java that makes such a cache in one step. */
  static final int FROM_VERSION = 25;

  private StartCache() {}

  /**
   * That of a jar, which is made by the first who asks.
   *
   * @param java the command that starts the program, without its main class
   */
  static synchronized Path of(Path jar, List<String> java) {
    Path cache = jar.resolveSibling(jar.getFileName() + ".aot");
    try (FileChannel channel =
        FileChannel.open(
            jar.resolveSibling(jar.getFileName() + ".aot.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      channel.lock();
      if (!Files.exists(cache)
          || Files.getLastModifiedTime(cache).compareTo(Files.getLastModifiedTime(jar)) < 0) {
        make(cache, java);
      }
      return cache;
    } catch (IOException e) {
      throw new UncheckedIOException("no cache of " + jar, e);
    }
  }

  /**
   * Trained by a review of one small repository, in which the program is Temporal's client, the
   * worker and the sandboxes' server; one that ends early, for want of a tool, trains less.
   */
  private static void make(Path cache, List<String> java) throws IOException {
    Path made = cache.resolveSibling(cache.getFileName() + ".new");
    Files.deleteIfExists(made);
    Path folder = Files.createTempDirectory(cache.getParent(), "training");
    SmallRepositories.commit(folder, "small");
    List<String> words = new ArrayList<>(java);
    words.add("-XX:AOTCacheOutput=" + made);
    words.addAll(List.of(ProductCommand.MAIN, "review", "--local", "--agent", "rehearsal"));
    words.addAll(List.of("--out", "out", "small"));
    ProcessBuilder training =
        new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
    training.environment().clear();
    training.environment().putAll(FleetProcesses.environment());
    training.environment().put("REPOFLEET_DATA", folder.resolve("data").toString());
    String said =
        new String(training.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!Files.exists(made)) {
      throw new IOException("it was not made: " + said);
    }
    Files.move(made, cache, StandardCopyOption.REPLACE_EXISTING);
  }
}
