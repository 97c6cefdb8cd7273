package dev.repofleet.e2b.local.host;

import java.util.Objects;

/**
 * How the processes of a sandbox are kept apart from this machine. Immutable.
 *
 * <p>None of the kinds separates the network: a sandbox reaches the loopback services of the host.
 *
 * @param kind the form
 * @param reason for {@link Kind#UNAVAILABLE} what is missing and the way out; else one sentence on
 *     what the form gives
 */
public record Isolation(Kind kind, String reason) {
  /** The forms, strongest first. */
  public enum Kind {
    /**
     * Bubblewrap started by root: inside, {@code root} is uid 0 with a container's capabilities and
     * {@code user} is uid 1000.
     */
    BUBBLEWRAP_TWO_USERS,
    /**
     * Bubblewrap started by an ordinary user: inside there is one uid, 0, mapped to that user. The
     * names {@code root} and {@code user} differ by HOME only.
     */
    BUBBLEWRAP_ONE_USER,
    /** Plain processes with a HOME each: no isolation at all. */
    PLAIN,
    /** No processes: they are simulated, in memory. */
    SIMULATED,
    /** Bubblewrap does not work here; a server can't be built from this value. */
    UNAVAILABLE
  }

  /** Refuses null parts. */
  public Isolation {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(reason, "reason");
  }

  /**
   * Tries whether bubblewrap works, by starting one sandbox and running {@code true} in it with the
   * very arguments the server uses. Blocks for tens of milliseconds, at most 20 seconds.
   *
   * @return one of the two bubblewrap kinds, or {@link Kind#UNAVAILABLE} with the reason
   */
  public static Isolation detect() {
    return IsolationProbe.run();
  }

  /**
   * Plain processes, for callers who say so explicitly.
   *
   * @return the kind {@link Kind#PLAIN}
   */
  public static Isolation plain() {
    return new Isolation(
        Kind.PLAIN, "Plain processes with a HOME each: they can read what this account can read.");
  }

  /** That of simulated sandboxes, which need none. */
  public static Isolation simulated() {
    return new Isolation(
        Kind.SIMULATED,
        "Simulated sandboxes: no process runs and no model is asked; what they answer is made up.");
  }

  /**
   * Whether sandboxes have namespaces of their own.
   *
   * @return true for the two bubblewrap kinds
   */
  public boolean isolated() {
    return kind == Kind.BUBBLEWRAP_TWO_USERS || kind == Kind.BUBBLEWRAP_ONE_USER;
  }
}
