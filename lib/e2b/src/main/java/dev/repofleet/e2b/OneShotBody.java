package dev.repofleet.e2b;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * A body OkHttp sends once and never again. For other bodies it repeats a POST by itself, for
 * example after a 503 with {@code Retry-After: 0}, and a repeated create is a second sandbox.
 */
final class OneShotBody extends RequestBody {
  static final MediaType JSON = MediaType.get("application/json");
  static final MediaType CONNECT_JSON = MediaType.get("application/connect+json");
  static final MediaType OCTETS = MediaType.get("application/octet-stream");

  private final MediaType type;
  private final byte[] bytes;

  OneShotBody(MediaType type, byte[] bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  @Override
  public MediaType contentType() {
    return type;
  }

  @Override
  public long contentLength() {
    return bytes.length;
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    sink.write(bytes);
  }
}
