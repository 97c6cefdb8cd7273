package dev.repofleet.workflows.activities.pool;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.lease.LeaseRequest;
import java.util.Objects;

/** A request and the fleet whose pool it goes to. */
@Payload
public record AcquireInput(String fleet, LeaseRequest request) {
  public AcquireInput {
    Objects.requireNonNull(fleet, "fleet");
    Objects.requireNonNull(request, "request");
  }
}
