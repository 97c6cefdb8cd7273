package dev.repofleet.e2b;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Refused for now (429), by a rate limit or by a quota; nothing was done.
 *
 * <p>A rate limit comes with {@link #retryAfter()}. A quota, the number of sandboxes running at
 * once, does not, and clears only when a sandbox has been killed or paused; its count lags behind
 * kills.
 */
public final class RateLimitedException extends E2bStatusException {
  /** The one part of the quota message that stayed the same between versions of the API. */
  private static final String QUOTA_WORDS = "maximum number of concurrent";

  private final @Nullable Duration retryAfter;

  /**
   * @param retryAfter what the {@code Retry-After} header asked for, if it was there
   */
  public RateLimitedException(Answer answer, @Nullable Duration retryAfter) {
    super(answer, retryAfter == null ? "" : "retry after " + retryAfter.toSeconds() + " s");
    this.retryAfter = retryAfter;
  }

  /** How long the server asks to wait; empty when it did not say. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** True for the quota of concurrent sandboxes or builds, false for a rate or connection limit. */
  public boolean isQuota() {
    return serverMessage().toLowerCase(Locale.ROOT).contains(QUOTA_WORDS);
  }
}
