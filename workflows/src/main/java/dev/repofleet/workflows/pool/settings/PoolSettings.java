package dev.repofleet.workflows.pool.settings;

import dev.repofleet.workflows.Payload;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How a pool behaves. Immutable; a value out of its bounds is refused, never corrected.
 *
 * @param maximumPoolSize most sandboxes that run at once, those that are being created and those of
 *     which it is not known counted in: 1 to 10,000. Not above the account's own limit
 * @param createRate most sandboxes created or woken in a second: 0.1 to 1,000
 * @param maxPaused most sandboxes that reviews keep paused at once, as while a person is waited
 *     for: 0 to 10,000. Beyond it the one that has waited longest is given back where its work is
 *     saved
 * @param minimumIdle warm sandboxes to keep ready, by template: 0 to 1,000 each
 * @param idle how warm sandboxes wait
 * @param maxLifetime how old a warm sandbox may become before another takes its place: 1 minute to
 *     1 day. It is never taken from a lease
 * @param idleTimeout how long a sandbox beyond {@code minimumIdle} is kept for its repository: 1
 *     minute to 1 day
 * @param reuse what becomes of a sandbox whose lease has ended
 */
@Payload
public record PoolSettings(
    int maximumPoolSize,
    double createRate,
    int maxPaused,
    Map<String, Integer> minimumIdle,
    IdleState idle,
    Duration maxLifetime,
    Duration idleTimeout,
    Reuse reuse) {

  /**
   * What the smallest account of E2B allows at once (20; 100 on the next), and five creates a
   * second. An account that allows one is noticed by its first refusal.
   */
  public static final PoolSettings DEFAULT =
      new PoolSettings(
          20,
          5,
          100,
          Map.of(),
          IdleState.RUNNING,
          Duration.ofMinutes(30),
          Duration.ofMinutes(10),
          Reuse.NONE);

  public PoolSettings {
    minimumIdle = ordered(minimumIdle);
    Objects.requireNonNull(idle, "idle");
    Objects.requireNonNull(reuse, "reuse");
    require(maximumPoolSize >= 1 && maximumPoolSize <= 10_000, "maximumPoolSize", "1 to 10000");
    require(createRate >= 0.1 && createRate <= 1_000, "createRate", "0.1 to 1000 a second");
    require(maxPaused >= 0 && maxPaused <= 10_000, "maxPaused", "0 to 10000");
    minimumIdle.forEach(
        (template, count) ->
            require(count >= 0 && count <= 1_000, "minimumIdle of " + template, "0 to 1000"));
    requireTime(maxLifetime, "maxLifetime");
    requireTime(idleTimeout, "idleTimeout");
  }

  /** The same with what the change names. */
  public PoolSettings with(PoolSettingsChange change) {
    return new PoolSettings(
        or(change.maximumPoolSize(), maximumPoolSize),
        or(change.createRate(), createRate),
        or(change.maxPaused(), maxPaused),
        or(change.minimumIdle(), minimumIdle),
        or(change.idle(), idle),
        or(change.maxLifetime(), maxLifetime),
        or(change.idleTimeout(), idleTimeout),
        or(change.reuse(), reuse));
  }

  private static <T> T or(@org.jspecify.annotations.Nullable T changed, T before) {
    return changed == null ? before : changed;
  }

  private static Map<String, Integer> ordered(Map<String, Integer> minimumIdle) {
    return java.util.Collections.unmodifiableMap(new TreeMap<>(minimumIdle));
  }

  private static void requireTime(Duration time, String name) {
    require(
        time.compareTo(Duration.ofMinutes(1)) >= 0 && time.compareTo(Duration.ofDays(1)) <= 0,
        name,
        "1 minute to 1 day");
  }

  private static void require(boolean holds, String name, String bounds) {
    if (!holds) {
      throw new IllegalArgumentException(name + " of the pool must be " + bounds);
    }
  }
}
