package dev.repofleet.e2b;

import java.io.IOException;
import okhttp3.Headers;
import okhttp3.Response;
import okio.BufferedSource;

/** A whole answer in memory: status, headers, and the body up to a bound. */
final class HttpReply {
  /** Enough for any error's JSON, and for the head of a proxy's HTML page. */
  static final int MAX_ERROR_BODY = 64 << 10;

  private final int status;
  private final Headers headers;
  private final byte[] body;
  private final boolean cut;

  private HttpReply(int status, Headers headers, byte[] body, boolean cut) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.cut = cut;
  }

  /** Reads at most {@code maxBody} bytes of a success, a fixed bound of an error. */
  static HttpReply read(Response response, long maxBody) throws IOException {
    long bound = response.isSuccessful() ? maxBody : MAX_ERROR_BODY;
    BufferedSource source = response.body().source();
    boolean cut = source.request(bound + 1);
    byte[] bytes = cut ? source.readByteArray(bound) : source.readByteArray();
    return new HttpReply(response.code(), response.headers(), bytes, cut);
  }

  int status() {
    return status;
  }

  boolean successful() {
    return status >= 200 && status < 300;
  }

  Headers headers() {
    return headers;
  }

  /** Not copied; not to be changed. */
  byte[] body() {
    return body;
  }

  /** Whether the body was longer than what was read. */
  boolean cut() {
    return cut;
  }
}
