package dev.repofleet.workflows.pool.settings;

import dev.repofleet.workflows.Payload;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a pool to be changed; what is absent stays. Bounds are those of {@link PoolSettings}.
 *
 * @param minimumIdle replaces the whole map
 */
@Payload
public record PoolSettingsChange(
    @Nullable Integer maximumPoolSize,
    @Nullable Double createRate,
    @Nullable Integer maxPaused,
    @Nullable Map<String, Integer> minimumIdle,
    @Nullable IdleState idle,
    @Nullable Duration maxLifetime,
    @Nullable Duration idleTimeout,
    @Nullable Reuse reuse) {}
