package dev.repofleet.workflows.activities.pool;

import dev.repofleet.workflows.Payload;
import java.util.List;

/**
 * Which leases have nothing left; the others are tried again.
 *
 * @param killed how many sandboxes were ended
 */
@Payload
public record EndLeasesOutcome(List<String> resolved, int killed) {
  public EndLeasesOutcome {
    resolved = List.copyOf(resolved);
  }
}
