package dev.repofleet.starter.target;

import dev.repofleet.artifacts.ArtifactJson;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * The targets of a batch in their order. They lie in a temporary file without a name, so that a
 * million of them take no memory and nothing is left of them, however the process ends. For one
 * thread; closed by who had them read.
 */
public final class WantedTargets implements AutoCloseable {
  private static final int BUFFER = 64 << 10;

  private final FileChannel file;
  private final ByteBuffer unwritten = ByteBuffer.allocate(BUFFER);
  private long written;
  private int size;

  WantedTargets() {
    try {
      Path path = Files.createTempFile("repofleet-targets-", "");
      file =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary file for the targets can be made", e);
    }
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /** Hands over one after the other, from the first to the last. */
  public void forEach(Consumer<WantedTarget> action) {
    try {
      flush();
      file.position(0);
      // Not closed: that would close the file.
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(Channels.newInputStream(file), BUFFER));
      for (int i = 0; i < size; i++) {
        action.accept(read(in.readNBytes(in.readInt())));
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Adds one; returns the place at which {@link #at} finds it. */
  long add(WantedTarget target) {
    byte[] json = ArtifactJson.line(target).getBytes(StandardCharsets.UTF_8);
    try {
      if (unwritten.remaining() < Integer.BYTES + json.length) {
        flush();
      }
      long place = written + unwritten.position();
      if (unwritten.capacity() < Integer.BYTES + json.length) {
        ByteBuffer large = ByteBuffer.allocate(Integer.BYTES + json.length);
        write(large.putInt(json.length).put(json).flip());
      } else {
        unwritten.putInt(json.length).put(json);
      }
      size = Math.incrementExact(size);
      return place;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  WantedTarget at(long place) {
    try {
      if (place >= written) {
        flush();
      }
      ByteBuffer length = read(place, Integer.BYTES);
      return read(read(place + Integer.BYTES, length.getInt()).array());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private ByteBuffer read(long place, int length) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(length);
    while (part.hasRemaining()) {
      if (file.read(part, place + part.position()) < 0) {
        throw new IOException("the file ends at " + file.size());
      }
    }
    return part.flip();
  }

  private static WantedTarget read(byte[] json) {
    return ArtifactJson.read(json, WantedTarget.class, "a target");
  }

  private void flush() throws IOException {
    write(unwritten.flip());
    unwritten.clear();
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      written += file.write(bytes, written);
    }
  }

  private static UncheckedIOException failed(IOException e) {
    return new UncheckedIOException(
        "the targets can't be kept in a temporary file: is the disk full?", e);
  }

  /** Gives the disk's space back. */
  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
