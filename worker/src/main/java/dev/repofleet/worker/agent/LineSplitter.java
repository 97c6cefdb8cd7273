package dev.repofleet.worker.agent;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Cuts bytes that come in pieces of any size into lines. A line longer than the limit is dropped,
 * not kept in part: half a JSON object is worth nothing. For one thread.
 */
final class LineSplitter {
  /** What a longer line took of memory is given back after it. */
  private static final int USUAL = 1 << 20;

  private final int limit;
  private final Consumer<String> lines;
  private ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private boolean tooLong;

  /**
   * @param limit longest line in bytes
   * @param lines gets each line without its end, never an empty one
   */
  LineSplitter(int limit, Consumer<String> lines) {
    this.limit = limit;
    this.lines = lines;
  }

  void accept(byte[] bytes, int length) {
    int from = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        keep(bytes, from, i - from);
        end();
        from = i + 1;
      }
    }
    keep(bytes, from, length - from);
  }

  /** No more will come: what is pending is the last line. */
  void end() {
    if (!tooLong && pending.size() > 0) {
      String line = pending.toString(StandardCharsets.UTF_8);
      if (!line.isBlank()) {
        lines.accept(line);
      }
    }
    forget();
    tooLong = false;
  }

  /** Bytes of the line that has begun; 0 while one that is too long is passed over. */
  int pending() {
    return pending.size();
  }

  private void keep(byte[] bytes, int from, int count) {
    if (tooLong || pending.size() + count > limit) {
      tooLong = true;
      forget();
      return;
    }
    pending.write(bytes, from, count);
  }

  private void forget() {
    if (pending.size() > USUAL) {
      pending = new ByteArrayOutputStream();
    } else {
      pending.reset();
    }
  }
}
