package dev.repofleet.e2b;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Remembers of one request whether it got as far as a connection, on which it may have been sent.
 */
final class SendMark {
  private volatile boolean sent;

  /** True once the request may have reached the server. */
  boolean sent() {
    return sent;
  }

  /**
   * A network interceptor: runs after the connection stands and before the first byte is written.
   */
  static Response intercept(Interceptor.Chain chain) throws IOException {
    SendMark mark = chain.request().tag(SendMark.class);
    if (mark != null) {
      mark.sent = true;
    }
    return chain.proceed(chain.request());
  }
}
