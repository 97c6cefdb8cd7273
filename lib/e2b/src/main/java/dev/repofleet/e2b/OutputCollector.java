package dev.repofleet.e2b;

import okio.Buffer;

/** Keeps the first bytes of both outputs and drops the rest. Read it after the stream has ended. */
final class OutputCollector implements OutputListener {
  private final int maxBytes;
  private final Buffer stdout = new Buffer();
  private final Buffer stderr = new Buffer();
  private boolean stdoutTruncated;
  private boolean stderrTruncated;

  OutputCollector(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public synchronized void onStdout(byte[] bytes) {
    stdoutTruncated |= keep(stdout, bytes);
  }

  @Override
  public synchronized void onStderr(byte[] bytes) {
    stderrTruncated |= keep(stderr, bytes);
  }

  private boolean keep(Buffer buffer, byte[] bytes) {
    int room = (int) Math.min(bytes.length, maxBytes - buffer.size());
    buffer.write(bytes, 0, room);
    return room < bytes.length;
  }

  synchronized byte[] stdout() {
    return stdout.snapshot().toByteArray();
  }

  synchronized byte[] stderr() {
    return stderr.snapshot().toByteArray();
  }

  synchronized boolean stdoutTruncated() {
    return stdoutTruncated;
  }

  synchronized boolean stderrTruncated() {
    return stderrTruncated;
  }
}
