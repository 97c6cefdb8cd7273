package dev.repofleet.e2b;

/**
 * The two states E2B tells; one that is being paused reads {@code PAUSED}, a killed one is gone.
 */
public enum SandboxState {
  /** Runs, counts against the quota and costs by the second. */
  RUNNING,
  /** Frozen, kept until it is killed; can be brought back by {@link E2bClient#connect}. */
  PAUSED;

  String wireName() {
    return this == RUNNING ? "running" : "paused";
  }
}
