package dev.repofleet.workflows.activities.pool;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.ProviderTrouble;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a pool is told.
 *
 * @param fleet whose pool it is
 * @param ended a permit that comes back
 * @param trouble of the model's provider
 */
@Payload
public record PoolNews(
    String fleet, @Nullable LeaseEnded ended, @Nullable ProviderTrouble trouble) {
  public PoolNews {
    Objects.requireNonNull(fleet, "fleet");
  }
}
