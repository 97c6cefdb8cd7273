package dev.repofleet.e2b;

import org.jspecify.annotations.Nullable;

/** One of the copies that a fork was asked for: a sandbox, or why there is none. Immutable. */
public final class Fork {
  private final @Nullable Sandbox sandbox;
  private final @Nullable E2bStatusException failure;

  private Fork(@Nullable Sandbox sandbox, @Nullable E2bStatusException failure) {
    this.sandbox = sandbox;
    this.failure = failure;
  }

  static Fork of(Sandbox sandbox) {
    return new Fork(sandbox, null);
  }

  static Fork failed(E2bStatusException failure) {
    return new Fork(null, failure);
  }

  /** Whether there is a sandbox. */
  public boolean succeeded() {
    return sandbox != null;
  }

  /**
   * The copy.
   *
   * @throws E2bStatusException if there is none: a {@link RateLimitedException} where the quota of
   *     running sandboxes was used up
   */
  public Sandbox sandbox() {
    if (sandbox != null) {
      return sandbox;
    }
    throw failure != null ? failure : new IllegalStateException("neither a copy nor a failure");
  }

  @Override
  public String toString() {
    return "Fork[" + (sandbox == null ? failure : sandbox) + "]";
  }
}
