package dev.repofleet.e2b;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import okio.BufferedSink;

/** Writes a Connect stream as HTTP chunks whose borders the test decides. */
final class ChunkedStream {
  private final BufferedSink sink;
  private final int chunkSize;
  private final boolean http2;
  private boolean terminated;

  ChunkedStream(BufferedSink sink, int chunkSize, boolean http2) {
    this.sink = sink;
    this.chunkSize = chunkSize;
    this.http2 = http2;
  }

  ChunkedStream start(long pid) throws IOException {
    return message("{\"event\": {\"start\":{\"pid\":" + pid + "}}}");
  }

  ChunkedStream stdout(String text) throws IOException {
    return stdout(text.getBytes(StandardCharsets.UTF_8));
  }

  ChunkedStream stdout(byte[] bytes) throws IOException {
    return message("{\"event\":{\"data\":{\"stdout\":\"" + base64(bytes) + "\"}}}");
  }

  ChunkedStream stderr(String text) throws IOException {
    String data = base64(text.getBytes(StandardCharsets.UTF_8));
    return message("{\"event\":{\"data\":{\"stderr\":\"" + data + "\"}}}");
  }

  ChunkedStream pty(byte[] bytes) throws IOException {
    return message("{\"event\":{\"data\":{\"pty\":\"" + base64(bytes) + "\"}}}");
  }

  ChunkedStream keepalive() throws IOException {
    return message("{\"event\":{\"keepalive\":{}}}");
  }

  /** As envd writes it: zeros are left out. */
  ChunkedStream end(int exitCode) throws IOException {
    String code = exitCode == 0 ? "" : "\"exitCode\":" + exitCode + ",";
    return message(
        "{\"event\":{\"end\":{" + code + "\"exited\":true,\"status\":\"exit status x\"}}}");
  }

  ChunkedStream endBySignal(String name) throws IOException {
    return message(
        "{\"event\":{\"end\":{\"exitCode\":-1,\"status\":\"signal: "
            + name
            + "\",\"error\":\"signal: "
            + name
            + "\"}}}");
  }

  ChunkedStream message(String json) throws IOException {
    return frame(0, json.getBytes(StandardCharsets.UTF_8));
  }

  /** The last frame of a stream that went well, and the end of the HTTP body. */
  void trailer() throws IOException {
    frame(2, "{}".getBytes(StandardCharsets.UTF_8));
    finishBody();
  }

  void error(String code, String message) throws IOException {
    String json = "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}";
    frame(2, json.getBytes(StandardCharsets.UTF_8));
    finishBody();
  }

  ChunkedStream frame(int flags, byte[] payload) throws IOException {
    byte[] frame = FrameDecoder.encode(payload);
    frame[0] = (byte) flags;
    return raw(frame);
  }

  ChunkedStream raw(byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += chunkSize) {
      int count = Math.min(chunkSize, bytes.length - at);
      if (http2) {
        sink.write(bytes, at, count);
      } else {
        sink.writeUtf8(Integer.toHexString(count)).writeUtf8("\r\n");
        sink.write(bytes, at, count).writeUtf8("\r\n");
      }
      sink.flush();
    }
    return this;
  }

  /** Ends the HTTP body properly, whatever the Connect stream says. */
  void finishBody() throws IOException {
    if (!http2) {
      // The server adds the empty line of the trailers itself.
      sink.writeUtf8("0\r\n").flush();
    }
    terminated = true;
  }

  boolean terminated() {
    return terminated;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
