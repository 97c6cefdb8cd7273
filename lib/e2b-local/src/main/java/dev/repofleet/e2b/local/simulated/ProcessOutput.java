package dev.repofleet.e2b.local.simulated;

/** Where a process's output and end go. Called with the machine's lock held: it must not wait. */
public interface ProcessOutput {
  /** Bytes on standard output. */
  void out(byte[] bytes);

  /** Bytes on standard error. */
  void err(byte[] bytes);

  /**
   * The end; the last call.
   *
   * @param code the exit code, or the signal's number
   * @param signalled whether a signal ended it
   */
  void ended(int code, boolean signalled);
}
