package dev.repofleet.starter.embedded;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parts that were started one after the other, to be closed in reverse. A part that fails to close
 * does not keep the others from it. Not thread-safe.
 */
final class StackParts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StackParts.class);

  private final Deque<Part> parts = new ArrayDeque<>();

  /** Takes over the duty to close. */
  <T extends AutoCloseable> T add(String name, T part) {
    parts.push(new Part(name, part));
    return part;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.closeable().close();
      } catch (InterruptedException e) {
        // The rest must still be closed; each part's close is bounded by itself.
        Thread.currentThread().interrupt();
        LOG.warn("interrupted while closing {}", part.name(), e);
      } catch (Exception e) {
        LOG.warn("{} did not close cleanly", part.name(), e);
      }
    }
  }

  private record Part(String name, AutoCloseable closeable) {}
}
