package dev.repofleet.e2b.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A body as a stream that gives all that came before it fails: the JDK's own forgets what was not
 * read yet once the connection is cut.
 */
final class WholeBody extends InputStream implements BodySubscriber<InputStream> {
  /**
   * A piece, or how it ended; after the last piece of some that came together more is asked for.
   */
  private record Part(@Nullable ByteBuffer bytes, boolean last, @Nullable Throwable failure) {}

  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private @Nullable Part current;
  private Flow.@Nullable Subscription subscription;

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription to) {
    subscription = to;
    to.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> pieces) {
    for (int i = 0; i < pieces.size(); i++) {
      parts.add(new Part(pieces.get(i), i == pieces.size() - 1, null));
    }
  }

  @Override
  public void onError(Throwable failure) {
    parts.add(new Part(null, true, failure));
  }

  @Override
  public void onComplete() {
    parts.add(new Part(null, true, null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Part part = part();
    ByteBuffer bytes = part.bytes();
    if (bytes == null) {
      if (part.failure() != null) {
        throw new IOException("the connection was cut", part.failure());
      }
      return -1;
    }
    int count = Math.min(length, bytes.remaining());
    bytes.get(into, offset, count);
    return count;
  }

  private Part part() throws IOException {
    Part part = current;
    try {
      while (part == null || (part.bytes() != null && !part.bytes().hasRemaining())) {
        if (part != null && part.last() && subscription != null) {
          subscription.request(1);
        }
        part = parts.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    current = part;
    return part;
  }

  @Override
  public void close() {
    if (subscription != null) {
      subscription.cancel();
    }
    parts.add(new Part(null, true, new IOException("closed")));
  }
}
