package dev.repofleet.e2b.local.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A request's body for a blocking reader: at most about 512 KiB wait here, then the client is held
 * back. Made on the event loop; read by one thread.
 */
public final class RequestInputStream extends InputStream {
  private static final int HIGH = 512 * 1024;
  private static final int LOW = 128 * 1024;

  private final HttpServerRequest request;
  private final Queue<Buffer> waiting = new ArrayDeque<>();
  private int bytes;
  private boolean held;
  private boolean ended;
  private @Nullable Throwable failure;
  private byte[] current = new byte[0];
  private int position;

  public RequestInputStream(HttpServerRequest request) {
    this.request = request;
    request.handler(this::arrived);
    request.endHandler(done -> ended(null));
    request.exceptionHandler(this::ended);
  }

  private synchronized void arrived(Buffer chunk) {
    waiting.add(chunk);
    bytes += chunk.length();
    if (bytes > HIGH && !held) {
      held = true;
      request.pause();
    }
    notifyAll();
  }

  private synchronized void ended(@Nullable Throwable cause) {
    ended = true;
    failure = cause;
    notifyAll();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position == current.length) {
      byte[] next = next();
      if (next == null) {
        return -1;
      }
      current = next;
      position = 0;
    }
    int count = Math.min(length, current.length - position);
    System.arraycopy(current, position, target, offset, count);
    position += count;
    return count;
  }

  private synchronized byte @Nullable [] next() throws IOException {
    while (waiting.isEmpty()) {
      if (failure != null) {
        throw new IOException("the client left in the middle of the body", failure);
      }
      if (ended) {
        return null;
      }
      try {
        wait();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while reading a body");
      }
    }
    byte[] chunk = waiting.remove().getBytes();
    bytes -= chunk.length;
    if (held && bytes < LOW) {
      held = false;
      request.resume();
    }
    return chunk;
  }
}
