package dev.repofleet.artifacts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * How a file gets into a folder that others read and write: it is written under {@code tmp/},
 * forced to disk, and then gets its name in one step; the entry of its folder is forced too.
 * Thread-safe.
 */
final class FolderWrites {
  private static final String TEMPORARY = "tmp";
  private static final int BUFFER = 64 * 1024;

  /** Each but the last was undone by somebody who deleted the last other file of the folder. */
  private static final int MOST_NAMINGS = 5;

  /** No write takes this long: an older temporary file was left by a process that died. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path root;
  private final Path temporary;

  private FolderWrites(Path root) {
    this.root = root;
    this.temporary = root.resolve(TEMPORARY);
  }

  /** Into a folder that is there; what processes that died have left in it is deleted. */
  static FolderWrites into(Path root, Clock clock) throws IOException {
    FolderWrites writes = new FolderWrites(root);
    Files.createDirectories(writes.temporary);
    writes.removeAbandoned(clock.instant().minus(ABANDONED));
    return writes;
  }

  private void removeAbandoned(Instant before) throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      for (Path file : files.toList()) {
        try {
          if (lyingThereSince(file).isBefore(before)) {
            Files.deleteIfExists(file);
          }
        } catch (NoSuchFileException e) {
          // Its writer has just named it.
        }
      }
    }
  }

  /**
   * A link to an old object is as old as that, but was made just now: POSIX has a time for this.
   */
  private static Instant lyingThereSince(Path file) throws IOException {
    return ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
  }

  /** What lies in a temporary file, complete and forced to disk. */
  record Written(Path file, String sha256, long size) {}

  /** What becomes of it. */
  interface Placement<T> {
    T place(Written written) throws IOException;
  }

  /** Writes a temporary file, and deletes it once it has been placed. */
  <T> T write(InputStream content, Placement<T> placement) throws IOException {
    Path file = Files.createTempFile(temporary, "write-", ".part");
    try {
      return placement.place(copy(content, file));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static Written copy(InputStream content, Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    long size = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      var out = Channels.newOutputStream(channel);
      byte[] buffer = new byte[BUFFER];
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        out.write(buffer, 0, read);
        digest.update(buffer, 0, read);
        size += read;
      }
      channel.force(true);
    }
    return new Written(file, Sha256.hex(digest.digest()), size);
  }

  /** A name under which nobody looks for a file. */
  Path aside(String what) {
    return temporary.resolve(what + "-" + UUID.randomUUID());
  }

  /** Names it, in place of what has the name. */
  void replace(Written written, Path target) throws IOException {
    intoFolder(target, () -> rename(written.file(), target));
  }

  /**
   * Names it.
   *
   * @throws FileAlreadyExistsException when something has the name
   */
  void create(Written written, Path target) throws IOException {
    intoFolder(
        target,
        () -> {
          Files.createLink(target, written.file());
          force(folderOf(target));
        });
  }

  /** Gives a file a further name, in place of what has that one. */
  void link(Path source, Path target) throws IOException {
    Path link = aside("name");
    intoFolder(
        target,
        () -> {
          // Of the attempt before.
          Files.deleteIfExists(link);
          Files.createLink(link, source);
          rename(link, target);
        });
    // Renaming a link over another link to the same file leaves both in place.
    Files.deleteIfExists(link);
  }

  /** What gives a file in {@code tmp/} its name. */
  private interface Naming {
    void run() throws IOException;
  }

  /** A folder may be removed as empty right after it was found or made. */
  private void intoFolder(Path target, Naming naming) throws IOException {
    for (int attempt = 1; true; attempt++) {
      try {
        prepareFolder(target);
        naming.run();
        return;
      } catch (NoSuchFileException e) {
        if (attempt == MOST_NAMINGS) {
          throw e;
        }
      }
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force(folderOf(to));
  }

  private void prepareFolder(Path file) throws IOException {
    Path folder = folderOf(file);
    if (!Files.isDirectory(folder)) {
      createFolders(folder);
      for (Path made = folder; !made.equals(root); made = folderOf(made)) {
        force(folderOf(made));
      }
    }
  }

  private static void createFolders(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      if (Files.isRegularFile(Path.of(e.getFile()))) {
        throw e;
      }
      // It was there, and was removed as empty before it was seen to be a folder.
      throw new NoSuchFileException(e.getFile());
    }
  }

  /** Makes a folder's entries durable; Linux allows opening a folder for that. */
  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Of a file in the store. */
  static Path folderOf(Path file) {
    return Objects.requireNonNull(file.getParent(), "a file in the store has a folder");
  }
}
