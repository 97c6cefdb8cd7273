package dev.repofleet.e2b.local.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * The files of one sandbox as one of its users has them. Paths are absolute. What is refused is an
 * {@link RpcException} whose code is envd's own (E2B contract, 5.1 and 5.2). May block.
 */
public interface SandboxFiles {
  /** envd's EntryInfo of what is there. */
  ObjectNode stat(String path) throws IOException;

  /** Makes a directory with its parents; refused when it exists. */
  ObjectNode makeDirectory(String path) throws IOException;

  /** Moves; makes the parents of the destination, and replaces what is there. */
  ObjectNode move(String source, String destination) throws IOException;

  /** Removes with all below; what is missing is no error. */
  void remove(String path) throws IOException;

  /** What is below a directory, by path. */
  List<ObjectNode> list(String path, int depth) throws IOException;

  /**
   * Starts reading.
   *
   * @param first first byte, or -1 for "the last {@code last} bytes"
   * @param last last byte, or -1 for "to the end"
   */
  Reading read(String path, long first, long last) throws IOException;

  /** Starts writing a file anew; makes its parents. */
  Writing write(String path) throws IOException;

  /**
   * Puts files together, in this order, to one that takes the place of what was there; the parts
   * are removed.
   */
  void compose(List<String> sources, String destination) throws IOException;

  /** Starts looking at what is below a directory. */
  DirectoryLooks watch(String path, boolean recursive) throws IOException;

  /**
   * A file being read: bytes {@code first} to {@code first + count} of {@code size}. Closing ends
   * the reader.
   */
  record Reading(long size, long first, long count, InputStream content, AutoCloseable reader)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      try {
        reader.close();
      } catch (IOException | RuntimeException failed) {
        throw failed;
      } catch (Exception impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  /** A file being written. */
  interface Writing extends AutoCloseable {
    OutputStream content();

    /** Ends the content and waits until it stands. */
    void finish() throws IOException;

    /** Ends the writer if it has not ended: what was written so far stays. */
    @Override
    void close();
  }
}
