package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The right to run a stack on a data folder: two servers on one database would destroy it. Held by
 * a lock of the operating system, which ends with this process however that ends.
 */
final class DataFolderLock implements AutoCloseable {
  private final FileChannel channel;

  private DataFolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock, and makes the folder when it is not there.
   *
   * @throws CommandException with exit code 2 when another stack holds it, or when the folder can't
   *     be made or written
   */
  static DataFolderLock take(Path data) {
    Path file = data.resolve("lock");
    FileChannel channel = null;
    try {
      PrivateFiles.createFolders(data);
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        String holder = Files.readString(file, StandardCharsets.UTF_8).strip();
        channel.close();
        throw CommandException.wrongUse(
            "the data folder "
                + data
                + " is in use by another stack"
                + (holder.isEmpty() ? "" : " (process " + holder + ")")
                + ": use that one, stop it, or name another folder with --data");
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
      return new DataFolderLock(channel);
    } catch (IOException e) {
      throw CommandException.wrongUse(
          "the data folder " + data + " can't be used: " + e + "; name another with --data");
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldByThisProcess) {
      return null;
    }
  }

  /** Gives the lock back. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("the lock of the data folder can't be given back", e);
    }
  }
}
