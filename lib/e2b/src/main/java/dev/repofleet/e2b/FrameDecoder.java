package dev.repofleet.e2b;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import okhttp3.Response;

/**
 * Cuts a Connect stream into frames: one byte of flags, four of big-endian length, the payload.
 * Bytes come in pieces of any size. Not thread-safe.
 */
final class FrameDecoder {
  /** Far above envd's own chunks of 32 KiB, and small enough to hold in memory. */
  static final int MAX_PAYLOAD = 16 << 20;

  /** Of the last one: an error, where there was one. */
  static final int MAX_END = 64 << 10;

  private static final int HEADER = 5;
  private static final int FLAG_COMPRESSED = 1;
  private static final int FLAG_END = 2;
  private static final int FIRST_BUFFER = 64 << 10;

  /** What comes out. The slice is valid during the call only. */
  interface Sink {
    /** A message of the stream. */
    void onMessage(byte[] buffer, int offset, int length) throws IOException;

    /** The last frame: what follows it is ignored. */
    void onEnd(byte[] buffer, int offset, int length) throws IOException;
  }

  /** The bytes are not a Connect stream this client can read. */
  static final class MalformedFrameException extends IOException {
    MalformedFrameException(String message) {
      super(message);
    }
  }

  private final byte[] header = new byte[HEADER];
  private int headerBytes;
  private int payloadLength;
  private byte[] payload = new byte[0];
  private int payloadBytes;
  private boolean ended;

  /** Whether the frame that ends the stream has been seen. */
  boolean ended() {
    return ended;
  }

  /** Takes the next bytes and hands every frame they complete to the sink, in order. */
  void feed(byte[] bytes, int offset, int length, Sink sink) throws IOException {
    int at = offset;
    int end = offset + length;
    while (!ended && at < end) {
      if (headerBytes < HEADER) {
        header[headerBytes++] = bytes[at++];
        if (headerBytes == HEADER) {
          readHeader();
        }
      }
      if (headerBytes == HEADER) {
        at += takePayload(bytes, at, end - at, sink);
      }
    }
  }

  private void readHeader() throws MalformedFrameException {
    int flags = header[0] & 0xff;
    if ((flags & FLAG_COMPRESSED) != 0) {
      throw new MalformedFrameException("a compressed frame came, though none was asked for");
    }
    if ((flags & ~FLAG_END) != 0) {
      throw new MalformedFrameException(
          "a frame begins with flags 0x%02x: this is no Connect stream".formatted(flags));
    }
    long claimed =
        (header[1] & 0xffL) << 24
            | (header[2] & 0xffL) << 16
            | (header[3] & 0xffL) << 8
            | (header[4] & 0xffL);
    int limit = (flags & FLAG_END) == 0 ? MAX_PAYLOAD : MAX_END;
    if (claimed > limit) {
      throw new MalformedFrameException(
          "a frame claims %d bytes, more than the limit of %d".formatted(claimed, limit));
    }
    payloadLength = (int) claimed;
    payloadBytes = 0;
  }

  private int takePayload(byte[] bytes, int at, int available, Sink sink) throws IOException {
    if (payloadBytes == 0 && available >= payloadLength) {
      deliver(bytes, at, sink);
      return payloadLength;
    }
    int count = Math.min(payloadLength - payloadBytes, available);
    // Grows with what really comes: a claim alone costs nothing.
    if (payload.length < payloadBytes + count) {
      int wanted = Math.max(payloadBytes + count, Math.max(FIRST_BUFFER, payload.length * 2));
      payload = Arrays.copyOf(payload, Math.min(wanted, MAX_PAYLOAD));
    }
    System.arraycopy(bytes, at, payload, payloadBytes, count);
    payloadBytes += count;
    if (payloadBytes == payloadLength) {
      deliver(payload, 0, sink);
    }
    return count;
  }

  private void deliver(byte[] buffer, int offset, Sink sink) throws IOException {
    headerBytes = 0;
    if ((header[0] & FLAG_END) != 0) {
      ended = true;
      sink.onEnd(buffer, offset, payloadLength);
    } else {
      sink.onMessage(buffer, offset, payloadLength);
    }
  }

  /** Whether an answer is a stream of frames, and not a page or a plain message. */
  static boolean isConnectStream(Response response) {
    String type = response.header("Content-Type");
    return type != null && type.startsWith("application/connect+json");
  }

  /**
   * Reads a stream up to its last frame.
   *
   * @throws IOException if it ends before
   */
  static void readAll(InputStream in, Sink sink) throws IOException {
    FrameDecoder decoder = new FrameDecoder();
    byte[] buffer = new byte[FIRST_BUFFER];
    while (!decoder.ended()) {
      int count = in.read(buffer);
      if (count < 0) {
        throw new IOException("the stream ended without its last frame");
      }
      decoder.feed(buffer, 0, count, sink);
    }
  }

  /** One message as a request's only frame. */
  static byte[] encode(byte[] message) {
    byte[] frame = new byte[HEADER + message.length];
    frame[1] = (byte) (message.length >>> 24);
    frame[2] = (byte) (message.length >>> 16);
    frame[3] = (byte) (message.length >>> 8);
    frame[4] = (byte) message.length;
    System.arraycopy(message, 0, frame, HEADER, message.length);
    return frame;
  }
}
