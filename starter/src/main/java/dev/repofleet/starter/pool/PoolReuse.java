package dev.repofleet.starter.pool;

import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.pool.PoolStatus;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.Reuse;
import java.util.Optional;

/** Whether a fleet's pool uses sandboxes again. */
public final class PoolReuse {
  private PoolReuse() {}

  /**
   * Whether sandboxes of ended leases may be the pool's: it is set to use them again, or does not
   * say. Needs no worker: where none answers, the pool's memo does. Blocks for seconds.
   */
  public static boolean mayReuse(TemporalConnection connection, Fleet fleet) {
    FleetPool pool = new FleetPool(connection, fleet);
    try {
      Optional<FleetPool.Run> run = pool.latest();
      if (run.isEmpty()) {
        return false;
      }
      // What a terminated one has handed out is still at work.
      PoolStatus status = run.get().open() ? pool.status().status() : null;
      PoolSettings settings = status == null ? run.get().settings() : status.settings();
      return settings == null || settings.reuse() != Reuse.NONE;
    } catch (TemporalAwayException e) {
      return true;
    }
  }
}
