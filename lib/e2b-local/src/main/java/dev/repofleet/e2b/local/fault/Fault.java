package dev.repofleet.e2b.local.fault;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One fault switch: which requests it is about, how often it strikes, and what it does then.
 * Immutable; made by {@link #of}.
 *
 * @param kind what it does
 * @param routes which requests; not empty
 * @param sandboxId of which sandbox; null for any
 * @param times how often it strikes at most, 1 and more; then it is off
 * @param probability that it strikes a request that fits, above 0, up to 1
 * @param seed of the dice, and of the jitter
 * @param frames of a stream that are let through before what is done to it, such as {@link
 *     FaultKind#CUT_STREAM}: 1 is the start event alone, 0 not even that. It comes in place of the
 *     trailer at the latest
 * @param retryAfterSeconds told by {@link FaultKind#RATE_LIMITED}, 1 and more
 * @param latency of {@link FaultKind#LATENCY}: the fixed part
 * @param jitter of {@link FaultKind#LATENCY}: up to this much more
 */
public record Fault(
    FaultKind kind,
    Set<FaultRoute> routes,
    @Nullable String sandboxId,
    int times,
    double probability,
    long seed,
    int frames,
    int retryAfterSeconds,
    Duration latency,
    Duration jitter) {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** Copies, and refuses values out of bounds. */
  public Fault {
    Objects.requireNonNull(kind, "kind");
    routes = Set.copyOf(routes);
    require(!routes.isEmpty(), "routes must not be empty");
    require(times >= 1, "times must be at least 1, not " + times);
    require(probability > 0 && probability <= 1, "probability must be above 0, up to 1");
    require(frames >= 0, "frames must be at least 0, not " + frames);
    require(retryAfterSeconds >= 1, "retryAfterSeconds must be at least 1");
    require(within(latency) && within(jitter), "latency and jitter must be 0 to 10 minutes");
  }

  /** Strikes every request, once; what it is about and how often is set on the builder. */
  public static Builder of(FaultKind kind) {
    return new Builder(kind);
  }

  private static boolean within(Duration value) {
    return !value.isNegative() && value.compareTo(LONGEST) <= 0;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException("a fault's " + message);
    }
  }

  /** Collects a fault. Not thread-safe. */
  public static final class Builder {
    private final FaultKind kind;
    private Set<FaultRoute> routes = EnumSet.allOf(FaultRoute.class);
    private @Nullable String sandboxId;
    private int times = 1;
    private double probability = 1;
    private long seed;
    private int frames = 1;
    private int retryAfterSeconds = 1;
    private Duration latency = Duration.ZERO;
    private Duration jitter = Duration.ZERO;

    private Builder(FaultKind kind) {
      this.kind = kind;
    }

    /** About these routes only; default all. */
    public Builder on(FaultRoute first, FaultRoute... more) {
      return on(EnumSet.of(first, more));
    }

    /** About these routes only, such as {@link FaultRoute#DATA}. */
    public Builder on(Set<FaultRoute> some) {
      this.routes = some;
      return this;
    }

    /** About one sandbox only; default any. */
    public Builder sandbox(String id) {
      this.sandboxId = id;
      return this;
    }

    /** How often it strikes; default once. */
    public Builder times(int count) {
      this.times = count;
      return this;
    }

    /** Strikes until it is taken away. */
    public Builder always() {
      return times(Integer.MAX_VALUE);
    }

    /** Strikes by the dice of a seed; default always. */
    public Builder probability(double share, long dice) {
      this.probability = share;
      this.seed = dice;
      return this;
    }

    /** Frames let through before something is done to a stream; default 1. */
    public Builder frames(int count) {
      this.frames = count;
      return this;
    }

    /** What Retry-After says; default 1. */
    public Builder retryAfterSeconds(int seconds) {
      this.retryAfterSeconds = seconds;
      return this;
    }

    /** A fixed latency, and up to {@code more} by the dice of the seed; default none. */
    public Builder latency(Duration fixed, Duration more) {
      this.latency = fixed;
      this.jitter = more;
      return this;
    }

    /**
     * Builds it.
     *
     * @throws IllegalArgumentException if a value is out of its bounds; the message names it
     */
    public Fault build() {
      return new Fault(
          kind,
          routes,
          sandboxId,
          times,
          probability,
          seed,
          frames,
          retryAfterSeconds,
          latency,
          jitter);
    }
  }
}
