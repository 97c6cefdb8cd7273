package dev.repofleet.e2b.local.sandbox;

/** Where a sandbox stands. */
public enum SandboxState {
  STARTING,
  RUNNING,
  /** Stands still for the time that its files are copied; then it runs on. */
  COPYING,
  PAUSING,
  PAUSED,
  RESUMING,
  KILLING;

  /** Whether it takes one of the places that the quota counts. */
  boolean counts() {
    return this != PAUSED && this != KILLING;
  }

  /** Whether it answers calls; those that come while it is copied wait for their processes. */
  public boolean serves() {
    return this == RUNNING || this == COPYING;
  }

  /** Whether it comes to another state by itself. */
  boolean passing() {
    return this == COPYING || this == PAUSING || this == RESUMING;
  }

  /** What the API calls it: "pausing" is told as paused (E2B contract, 1.5). */
  public String wireName() {
    return this == PAUSED || this == PAUSING ? "paused" : "running";
  }

  /** Whether the API knows it at all: starting is not known yet, killing no longer. */
  boolean visible() {
    return this != STARTING && this != KILLING;
  }
}
