package dev.repofleet.e2b.local.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** The enveloped messages of Connect's streaming calls (E2B contract, 3.2). Stateless. */
public final class ConnectFrames {
  private static final int HEADER = 5;
  private static final byte MESSAGE = 0;
  private static final byte END_OF_STREAM = 2;

  private ConnectFrames() {}

  public static byte[] message(byte[] json) {
    return frame(MESSAGE, json);
  }

  public static byte[] message(ObjectNode json) {
    return message(Wire.bytes(json));
  }

  /** A data event, put together by hand: it is written once for each chunk of output. */
  public static byte[] data(String channel, byte[] bytes, int length) {
    byte[] head =
        ("{\"event\":{\"data\":{\"" + channel + "\":\"").getBytes(StandardCharsets.US_ASCII);
    byte[] tail = "\"}}}".getBytes(StandardCharsets.US_ASCII);
    byte[] text =
        Base64.getEncoder().encode(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    int size = head.length + text.length + tail.length;
    return ByteBuffer.allocate(HEADER + size)
        .put(MESSAGE)
        .putInt(size)
        .put(head)
        .put(text)
        .put(tail)
        .array();
  }

  /** The last frame of a call that went well. */
  public static byte[] end() {
    return frame(END_OF_STREAM, new byte[] {'{', '}'});
  }

  /** The last frame of a call that failed. */
  public static byte[] end(RpcException failed) {
    ObjectNode trailer = Wire.object();
    trailer.putObject("error").put("code", failed.code().wireName()).put("message", failed.text());
    return frame(END_OF_STREAM, Wire.bytes(trailer));
  }

  /** Reads the one frame that a server-streaming call has as its request. */
  public static ObjectNode request(byte[] body) {
    if (body.length < HEADER) {
      throw new RpcException(
          RpcCode.INVALID_ARGUMENT,
          "the request has no complete envelope: %d bytes".formatted(body.length));
    }
    int length = ByteBuffer.wrap(body, 1, 4).getInt();
    if (body[0] != MESSAGE) {
      throw new RpcException(
          RpcCode.INVALID_ARGUMENT, "envelope flags %d are not understood here".formatted(body[0]));
    }
    if (length < 0 || length != body.length - HEADER) {
      throw new RpcException(
          RpcCode.INVALID_ARGUMENT,
          "the envelope promises %d bytes, %d came".formatted(length, body.length - HEADER));
    }
    return parse(Arrays.copyOfRange(body, HEADER, body.length));
  }

  /** Reads a message; what is no JSON object is the caller's fault. */
  public static ObjectNode parse(byte[] json) {
    try {
      return Wire.parse(json);
    } catch (IOException malformed) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "unmarshal message: not a JSON object");
    }
  }

  private static byte[] frame(byte flags, byte[] payload) {
    return ByteBuffer.allocate(HEADER + payload.length)
        .put(flags)
        .putInt(payload.length)
        .put(payload)
        .array();
  }
}
