package dev.repofleet.e2b.local.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.ConnectFrames;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The messages of a client-streaming call, one by one. Blocks. */
public final class InputFrames {
  private static final int HEADER = 5;

  private final InputStream in;

  public InputFrames(InputStream in) {
    this.in = in;
  }

  /**
   * The next message.
   *
   * @return empty at the end
   * @throws RpcException for a frame that is cut off, compressed, or claims more than 8 MiB
   */
  public Optional<ObjectNode> next() throws IOException {
    byte[] head = in.readNBytes(HEADER);
    if (head.length == 0) {
      return Optional.empty();
    }
    if (head.length < HEADER) {
      throw cut();
    }
    if (head[0] != 0) {
      throw new RpcException(
          RpcCode.INVALID_ARGUMENT, "envelope flags %d are not understood here".formatted(head[0]));
    }
    int length = ByteBuffer.wrap(head, 1, 4).getInt();
    if (length < 0 || length > Exchange.BODY_LIMIT) {
      throw new RpcException(
          RpcCode.INVALID_ARGUMENT,
          "an envelope promises %d bytes; at most %d are taken"
              .formatted(Integer.toUnsignedLong(length), Exchange.BODY_LIMIT));
    }
    byte[] message = in.readNBytes(length);
    if (message.length < length) {
      throw cut();
    }
    return Optional.of(ConnectFrames.parse(message));
  }

  private static RpcException cut() {
    return new RpcException(RpcCode.INVALID_ARGUMENT, "the stream ends within an envelope");
  }
}
