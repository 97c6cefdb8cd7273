package dev.repofleet.e2b.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The directory below which sandboxes live, private to one running server by a file lock.
 * Thread-safe.
 */
final class DataDirectory {
  private final Path home;
  private final Path sandboxes;
  private final FileChannel channel;
  private final ExecutorService workers;
  private final Set<String> lost = new TreeSet<>();

  private DataDirectory(Path home, FileChannel channel, ExecutorService workers) {
    this.home = home;
    this.sandboxes = home.resolve("sandboxes");
    this.channel = channel;
    this.workers = workers;
  }

  /** Takes it and clears what an earlier server left; the clearing itself goes on behind. */
  static DataDirectory take(Path path, ExecutorService workers) throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    Path real = path.toRealPath();
    FileChannel channel =
        FileChannel.open(real.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!lock(channel)) {
        throw new IOException(
            real + " is in use by another local sandbox server; stop it or choose another one");
      }
      PlainRuntime.killBelow(real);
      DataDirectory directory = new DataDirectory(real, channel, workers);
      directory.clear();
      return directory;
    } catch (IOException failed) {
      channel.close();
      throw failed;
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException sameProcess) {
      return false;
    }
  }

  private void clear() throws IOException {
    Files.createDirectories(sandboxes);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(sandboxes)) {
      for (Path path : left) {
        lost.add(String.valueOf(path.getFileName()));
        workers.execute(() -> Trash.delete(path));
      }
    }
  }

  /** The sandboxes that an earlier server did not end: their processes died with it. */
  Set<String> lost() {
    return Set.copyOf(lost);
  }

  /** Templates and snapshots: they outlive the server. */
  Path templates() {
    return home.resolve("templates");
  }

  Path of(String sandboxId) {
    return sandboxes.resolve(sandboxId);
  }

  /** Deletes a sandbox's files, in the background. */
  void discard(String sandboxId) {
    try {
      workers.execute(() -> Trash.delete(of(sandboxId)));
    } catch (RejectedExecutionException closing) {
      // The next server on this directory removes it.
      return;
    }
  }

  /** Waits, at most this long, for deletions under way, and lets go of the directory. */
  void close(Duration atMost) {
    try {
      var unused = workers.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
      channel.close();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
