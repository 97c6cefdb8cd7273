package dev.repofleet.worker.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A temporary folder that a lock holds for as long as its process lives, so that what a killed
 * worker left is told from what another one on this machine works in. Thread-safe; its owner closes
 * it, which deletes it.
 */
public final class HeldFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HeldFolder.class);

  private static final String PREFIX = "repofleet-git-";
  private static final String LOCK = "lock";

  /**
   * Of this process. Their locks must not even be looked at: who closes a file gives up all locks
   * that its process has on it (POSIX).
   */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lock;

  private HeldFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Makes one among the others of this machine. */
  static HeldFolder make() throws IOException {
    return make(temporary());
  }

  static HeldFolder make(Path parent) throws IOException {
    Path path = Files.createTempDirectory(parent, PREFIX);
    OWN.add(path);
    Path unheld = path.resolve("lock.new");
    FileChannel lock =
        FileChannel.open(unheld, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    HeldFolder folder = new HeldFolder(path, lock);
    try {
      lock.lock();
      // By this name it is never seen without its lock.
      Files.move(unheld, path.resolve(LOCK));
      return folder;
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  Path path() {
    return path;
  }

  /**
   * Deletes what processes left that are no more, and never throws: what can't be deleted stays.
   * Folders of processes that live, on this machine or in other containers that share it, are left
   * alone. Blocks.
   */
  public static void deleteLeft() {
    deleteLeft(temporary());
  }

  static void deleteLeft(Path parent) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : folders) {
        // Where everybody may write, a link could lead to a file of somebody's by the lock's name.
        if (!OWN.contains(folder)
            && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
            && Files.isRegularFile(folder.resolve(LOCK), LinkOption.NOFOLLOW_LINKS)) {
          deleteUnlessHeld(folder);
        }
      }
    } catch (IOException e) {
      log.debug("{} can't be looked through for what was left there", parent, e);
    }
  }

  private static void deleteUnlessHeld(Path folder) {
    try (FileChannel lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
      if (lock.tryLock() != null) {
        delete(folder);
        log.info("Deleted {}, which a worker left that was killed", folder);
      }
    } catch (IOException | UncheckedIOException e) {
      log.debug("{} can't be deleted", folder, e);
    }
  }

  /** The lock last: what is left of a folder is found again. */
  private static void delete(Path folder) throws IOException {
    Path lock = folder.resolve(LOCK);
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(lock) && !path.equals(folder)) {
          Files.deleteIfExists(path);
        }
      }
    }
    Files.deleteIfExists(lock);
    Files.deleteIfExists(folder);
  }

  @Override
  public void close() {
    try (lock) {
      delete(path);
    } catch (IOException | UncheckedIOException e) {
      // Of no worth in the temporary folder: the next worker's start deletes it.
      log.debug("{} can't be deleted", path, e);
    } finally {
      OWN.remove(path);
    }
  }
}
