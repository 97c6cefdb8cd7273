package dev.repofleet.e2b.local.sandbox;

import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.HttpReply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalDouble;

/** A token bucket over sandbox creations. Thread-safe. */
public final class CreateRateLimit {
  private final OptionalDouble perSecond;
  private final InstantSource clock;
  private final double capacity;
  private double tokens;
  private Instant filledAt;

  public CreateRateLimit(OptionalDouble perSecond, InstantSource clock) {
    this.perSecond = perSecond;
    this.clock = clock;
    this.capacity = Math.max(1, perSecond.orElse(1));
    this.tokens = capacity;
    this.filledAt = clock.instant();
  }

  /** Takes a place, or refuses with 429 and Retry-After in whole seconds (E2B contract, 1.8). */
  synchronized void acquire() {
    if (perSecond.isEmpty()) {
      return;
    }
    double rate = perSecond.getAsDouble();
    Instant now = clock.instant();
    double passed = Duration.between(filledAt, now).toNanos() / 1e9;
    tokens = Math.min(capacity, tokens + Math.max(0, passed) * rate);
    filledAt = now;
    if (tokens >= 1) {
      tokens -= 1;
      return;
    }
    long wait = Math.max(1, (long) Math.ceil((1 - tokens) / rate));
    String seconds = Long.toString(wait);
    Map<String, String> headers =
        Map.of(
            "Retry-After",
            seconds,
            "RateLimit-Limit",
            Long.toString((long) capacity),
            "RateLimit-Remaining",
            "0",
            "RateLimit-Reset",
            seconds);
    String message = "Rate limit exceeded";
    throw new ApiException(
        HttpReply.json(429, HttpReply.errorBody(429, message), headers), message);
  }
}
