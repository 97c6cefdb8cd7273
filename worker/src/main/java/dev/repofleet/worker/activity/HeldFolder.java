package dev.repofleet.worker.activity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
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

  private static final String PREFIX = "repofleet-held-";

  /** Of this version, and of those before. */
  private static final String ALL = "repofleet-{held,git}-*";

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

  /**
   * Makes one among the others of this machine.
   *
   * @throws IOException when the temporary folder can't be written
   */
  public static HeldFolder make() throws IOException {
    return make(temporary());
  }

  /** Not while others are looked through: their locks must not be taken for those of the dead. */
  static synchronized HeldFolder make(Path parent) throws IOException {
    Path path = Files.createTempDirectory(parent, PREFIX);
    OWN.add(path);
    Path unheld = path.resolve("lock.new");
    HeldFolder folder = new HeldFolder(path, openNew(path, unheld));
    try {
      folder.lock.lock();
      // By this name it is never seen without its lock.
      Files.move(unheld, path.resolve(LOCK));
      return folder;
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  private static FileChannel openNew(Path folder, Path file) throws IOException {
    try {
      return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      Files.deleteIfExists(folder);
      OWN.remove(folder);
      throw e;
    }
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Where it is. */
  public Path path() {
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

  static synchronized void deleteLeft(Path parent) {
    try (HeldFolder own = make(parent);
        DirectoryStream<Path> folders = Files.newDirectoryStream(parent, ALL)) {
      UserPrincipal us = Files.getOwner(own.path);
      for (Path folder : folders) {
        if (!OWN.contains(folder)) {
          deleteUnlessHeld(folder, us);
        }
      }
    } catch (IOException e) {
      log.debug("{} can't be looked through for what was left there", parent, e);
    }
  }

  /** As this class makes them: where others may write, a link could be put meanwhile. */
  private static boolean isMadeBy(UserPrincipal us, Path folder) throws IOException {
    PosixFileAttributes folders =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return folders.isDirectory()
        && Files.isRegularFile(folder.resolve(LOCK), LinkOption.NOFOLLOW_LINKS)
        && folders.owner().equals(us)
        && folders.permissions().equals(PosixFilePermissions.fromString("rwx------"));
  }

  private static void deleteUnlessHeld(Path folder, UserPrincipal us) {
    try {
      if (!isMadeBy(us, folder)) {
        return;
      }
      try (FileChannel lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
        if (lock.tryLock() != null) {
          delete(folder);
          log.info("Deleted {}, which a worker left that was killed", folder);
        }
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
