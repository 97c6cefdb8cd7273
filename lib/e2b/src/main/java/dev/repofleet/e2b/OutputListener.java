package dev.repofleet.e2b;

import java.util.function.Consumer;

/**
 * Receives a process's output while it runs.
 *
 * <p>All calls for one command come one after the other, from the thread that reads the stream,
 * named {@code e2b-output-<sandbox>}. While a call has not returned nothing more is read, and <b>a
 * process whose output is not read stops at its next write</b> (observed, envd 0.6.13): do no slow
 * work here, hand it to a queue of your own. A call that throws ends the listening, not the
 * process.
 *
 * <p>Chunks end anywhere, within a line or a UTF-8 character too.
 */
public interface OutputListener {
  /** Bytes the process wrote to stdout; the array is the listener's own. */
  void onStdout(byte[] bytes);

  /** Bytes the process wrote to stderr; the array is the listener's own. */
  void onStderr(byte[] bytes);

  /** Nothing more will come: the process has ended, the stream was cut, or the caller let go. */
  default void onEnd() {}

  /** Reads and drops everything. */
  static OutputListener discarding() {
    return text(text -> {}, text -> {});
  }

  /**
   * Hands on text, with characters that were split between chunks put together again. What is not
   * UTF-8 becomes the replacement character.
   */
  static OutputListener text(Consumer<String> stdout, Consumer<String> stderr) {
    return new TextOutputListener(stdout, stderr);
  }
}
