package dev.repofleet.artifacts;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A stream that was read to its end, so that its hash and size are known before any of it is sent,
 * and parts can be sent again: in memory while it is small, else in a file for its owner only. For
 * one thread; closing it removes the file.
 */
final class Spool implements AutoCloseable {
  private static final int IN_MEMORY = 1 << 20;
  private static final int BUFFER = 64 * 1024;

  private final byte[] memory;
  private final @Nullable Path file;
  private final String sha256;
  private final long size;

  private Spool(byte[] memory, @Nullable Path file, String sha256, long size) {
    this.memory = memory;
    this.file = file;
    this.sha256 = sha256;
    this.size = size;
  }

  /** Reads to the end of the stream, which the caller closes. */
  static Spool of(InputStream content) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] beginning = content.readNBytes(IN_MEMORY);
    digest.update(beginning);
    if (beginning.length < IN_MEMORY) {
      return new Spool(beginning, null, Sha256.hex(digest.digest()), beginning.length);
    }
    Path file = Files.createTempFile("repofleet-", ".part");
    try {
      long size = beginning.length;
      try (OutputStream out = Files.newOutputStream(file)) {
        out.write(beginning);
        byte[] buffer = new byte[BUFFER];
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
          out.write(buffer, 0, read);
          digest.update(buffer, 0, read);
          size += read;
        }
      }
      return new Spool(new byte[0], file, Sha256.hex(digest.digest()), size);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  String sha256() {
    return sha256;
  }

  long size() {
    return size;
  }

  ArtifactRef ref(String path) {
    return new ArtifactRef(ArtifactUri.of(path), sha256, size);
  }

  /** Its bytes from an offset on; may be asked for again. The reader stops where its part ends. */
  InputStream from(long offset) throws IOException {
    if (file == null) {
      return new ByteArrayInputStream(memory, (int) offset, (int) (size - offset));
    }
    SeekableByteChannel channel = Files.newByteChannel(file);
    return Channels.newInputStream(channel.position(offset));
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }
}
