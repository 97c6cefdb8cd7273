package dev.repofleet.e2b.local.simulated;

/**
 * A program that exists in Java only. It is told once that it was started, answers through the
 * {@link SimulatedProcess}, and ends by {@link SimulatedProcess#exit}: at once, or by a timer. It
 * must never wait; the machine's lock is held while it runs.
 */
@FunctionalInterface
public interface SimulatedProgram {
  /**
   * Starts.
   *
   * @param process its arguments, files and clock, and the way to its output and end
   */
  void start(SimulatedProcess process);
}
