package dev.repofleet.e2b.local.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * A response body written by blocking threads: a writer waits while more than 256 KiB are on their
 * way to the client, and learns at once when the client has left. Thread-safe. Made on the event
 * loop, before the request's body is read.
 */
public final class ResponseWriter {
  private static final int WINDOW = 256 * 1024;

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Object lock = new Object();
  private long inFlight;
  private boolean closed;
  private final boolean lost;
  private @Nullable Runnable onClose;

  /**
   * @param lost whether the connection is cut in place of the answer's first byte
   */
  ResponseWriter(HttpServerRequest request, boolean lost) {
    this.request = request;
    this.lost = lost;
    this.response = request.response();
    response.closeHandler(gone -> markClosed());
    response.exceptionHandler(failed -> markClosed());
  }

  public HttpServerResponse response() {
    return response;
  }

  /** Runs a short task once the client has left or the response has ended; at once if it has. */
  void onClose(Runnable task) {
    synchronized (lock) {
      if (!closed) {
        onClose = task;
        return;
      }
    }
    task.run();
  }

  /**
   * Hands bytes over; blocks while the window is full.
   *
   * @return false if the client has left
   */
  public boolean write(byte[] bytes) throws InterruptedException {
    if (lost) {
      cut();
      return false;
    }
    synchronized (lock) {
      while (!closed && inFlight > 0 && inFlight + bytes.length > WINDOW) {
        lock.wait();
      }
      if (closed) {
        return false;
      }
      inFlight += bytes.length;
    }
    send(bytes);
    return true;
  }

  /** Hands bytes over only if nothing else is on its way. Never blocks. */
  boolean offer(byte[] bytes) {
    synchronized (lock) {
      if (closed || inFlight > 0) {
        return false;
      }
      inFlight += bytes.length;
    }
    send(bytes);
    return true;
  }

  /** Ends the response after what was written. Never blocks. */
  public void end(byte[] last) {
    if (lost) {
      cut();
      return;
    }
    synchronized (lock) {
      if (closed) {
        return;
      }
    }
    response.end(Buffer.buffer(last)).onComplete(done -> markClosed());
  }

  /** Closes the connection in mid-stream. */
  public void cut() {
    markClosed();
    request.connection().close();
  }

  private void send(byte[] bytes) {
    response.write(Buffer.buffer(bytes)).onComplete(done -> written(bytes.length, done.failed()));
  }

  private void written(int length, boolean failed) {
    synchronized (lock) {
      inFlight -= length;
      lock.notifyAll();
    }
    if (failed) {
      markClosed();
    }
  }

  private void markClosed() {
    Runnable task;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      task = onClose;
      onClose = null;
      lock.notifyAll();
    }
    if (task != null) {
      task.run();
    }
  }
}
