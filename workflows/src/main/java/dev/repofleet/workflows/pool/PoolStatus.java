package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a pool stands.
 *
 * @param pool name
 * @param settings in force
 * @param total places taken: leased, warm and running, unresolved
 * @param leased permits that reviews have
 * @param warm sandboxes that wait for a lease, those that are being created counted in
 * @param unresolved sandboxes or leases of which it is not known whether they are gone
 * @param parked sandboxes that reviews keep paused
 * @param limit places there are now: the maximum, or less while the account or the model's provider
 *     is short
 * @param createRate creates a second now: the setting, or less after E2B refused
 * @param waiting permits asked for and not granted
 * @param waitingByBatch of those, by batch
 * @param leaked sandboxes of the fleet without an owner, as the last look at E2B found; those that
 *     are being deleted counted in
 * @param health in a sentence for people
 * @param held why no permit is given until a person resumes; absent while permits are given
 * @param closedUntil until when no permit is given, milliseconds since the epoch; absent when open
 * @param foreign running sandboxes of the account that are not the fleet's, as the last look at E2B
 *     found; absent before it
 */
@Payload
public record PoolStatus(
    String pool,
    PoolSettings settings,
    int total,
    int leased,
    int warm,
    int unresolved,
    int parked,
    int limit,
    double createRate,
    int waiting,
    Map<String, Integer> waitingByBatch,
    int leaked,
    String health,
    @Nullable String held,
    @Nullable Long closedUntil,
    @Nullable Integer foreign) {
  public PoolStatus {
    Objects.requireNonNull(pool, "pool");
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(health, "health");
    waitingByBatch = Collections.unmodifiableMap(new TreeMap<>(waitingByBatch));
  }
}
