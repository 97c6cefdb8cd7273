package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.sandbox.SandboxDescription;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
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
public final class DataDirectory {
  /** Whoever asks for an older one gets to know less. */
  private static final int MOST_LOST = 10_000;

  private final Path home;
  private final Path sandboxes;
  private final FileChannel channel;
  private final ExecutorService workers;
  private final Set<String> lost = new LinkedHashSet<>();
  private final List<SandboxDescription> paused = new ArrayList<>();

  private DataDirectory(Path home, FileChannel channel, ExecutorService workers) {
    this.home = home;
    this.sandboxes = home.resolve("sandboxes");
    this.channel = channel;
    this.workers = workers;
  }

  /**
   * Takes it and clears what an earlier server left, but for paused sandboxes, templates and
   * snapshots; the clearing itself goes on behind.
   */
  public static DataDirectory take(Path path, ExecutorService workers) throws IOException {
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
      BubblewrapRuntime.killBelow(real);
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
    if (Files.isRegularFile(lostFile())) {
      lost.addAll(Files.readAllLines(lostFile()));
    }
    Set<String> left = new TreeSet<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(sandboxes)) {
      for (Path folder : folders) {
        Optional<SandboxDescription> found = SandboxDescription.read(folder);
        if (found.isPresent()) {
          paused.add(found.get());
        } else {
          left.add(String.valueOf(folder.getFileName()));
          workers.execute(() -> Trash.delete(folder));
        }
      }
    }
    rememberLost(left);
  }

  private Path lostFile() {
    return home.resolve("lost");
  }

  /** Of these the next servers tell that they were lost, and not that there is no such sandbox. */
  public synchronized void rememberLost(Set<String> ids) throws IOException {
    if (ids.isEmpty()) {
      return;
    }
    lost.addAll(ids);
    Path next = home.resolve("lost.next");
    Files.write(next, lost.stream().skip(Math.max(0, lost.size() - MOST_LOST)).toList());
    Files.move(next, lostFile(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The sandboxes whose processes ended with an earlier server, and that were not paused. */
  public synchronized Set<String> lost() {
    return Set.copyOf(lost);
  }

  /** The sandboxes that were paused when an earlier server ended. */
  public List<SandboxDescription> paused() {
    return List.copyOf(paused);
  }

  /** Templates and snapshots: they outlive the server. */
  public Path templates() {
    return home.resolve("templates");
  }

  public Path of(String sandboxId) {
    return sandboxes.resolve(sandboxId);
  }

  /**
   * Deletes a sandbox's files, in the background; what the next server would find it by at once.
   */
  public void discard(String sandboxId) {
    SandboxDescription.delete(of(sandboxId));
    try {
      workers.execute(() -> Trash.delete(of(sandboxId)));
    } catch (RejectedExecutionException | OutOfMemoryError closingOrWithoutThreads) {
      // The next server on this directory removes it.
      return;
    }
  }

  /** Waits, at most this long, for deletions under way, and lets go of the directory. */
  public void close(Duration atMost) {
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
