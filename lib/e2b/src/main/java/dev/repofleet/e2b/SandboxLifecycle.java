package dev.repofleet.e2b;

import java.util.Objects;

/**
 * What becomes of a sandbox when its time is over. Fixed at creation: no call changes it later.
 *
 * @param onTimeout killed, or paused with its files
 * @param keepMemory whether a pause at the end keeps memory and processes; false keeps the files
 *     only, and the next start is a boot. Without meaning where it is killed
 * @param autoResume whether any request to a sandbox that was paused so wakes it, for five minutes
 *     or its first time-out, whichever is longer. Waking can be refused with 429 by the quota of
 *     running sandboxes, and costs money: a health check of somebody else's wakes it too
 */
public record SandboxLifecycle(OnTimeout onTimeout, boolean keepMemory, boolean autoResume) {
  /** What happens at the end. */
  public enum OnTimeout {
    /** Ended with everything in it. */
    KILL,
    /** Paused: kept, and counted in storage, until it is killed. */
    PAUSE
  }

  /** Killed when the time is over; E2B's default. */
  public static final SandboxLifecycle KILLED = new SandboxLifecycle(OnTimeout.KILL, true, false);

  /** Paused with memory and processes when the time is over. */
  public static final SandboxLifecycle PAUSED = new SandboxLifecycle(OnTimeout.PAUSE, true, false);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if it should resume by itself but is killed, or loses its
   *     memory: the API refuses both
   */
  public SandboxLifecycle {
    Objects.requireNonNull(onTimeout, "onTimeout");
    if (autoResume && (onTimeout != OnTimeout.PAUSE || !keepMemory)) {
      throw new IllegalArgumentException(
          "only a sandbox that is paused with its memory can resume by itself");
    }
  }

  /** Paused with its memory when the time is over, and woken by the next request to it. */
  public static SandboxLifecycle pausedAndWoken() {
    return new SandboxLifecycle(OnTimeout.PAUSE, true, true);
  }

  boolean pauses() {
    return onTimeout == OnTimeout.PAUSE;
  }
}
