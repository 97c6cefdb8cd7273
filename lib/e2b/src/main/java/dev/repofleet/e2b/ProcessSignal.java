package dev.repofleet.e2b;

/** The two signals envd can send; it refuses all others. */
public enum ProcessSignal {
  /** Asks the process to end. */
  SIGTERM,
  /** Ends the process, not its children. */
  SIGKILL;

  String wireName() {
    return "SIGNAL_" + name();
  }
}
