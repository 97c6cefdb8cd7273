package dev.repofleet.workflows.activities.pool;

import dev.repofleet.workflows.Payload;
import java.util.List;
import java.util.Objects;

/**
 * What became of a delivery.
 *
 * @param runId the pool's run that asked for it
 * @param delivered false when that run was not the expected one, and nothing was told
 * @param gone leases whose holder has ended or is not known
 */
@Payload
public record DeliveryOutcome(String runId, boolean delivered, List<String> gone) {
  public DeliveryOutcome {
    Objects.requireNonNull(runId, "runId");
    gone = List.copyOf(gone);
  }
}
