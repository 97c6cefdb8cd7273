package dev.repofleet.workflows.activities.pool;

import dev.repofleet.workflows.Payload;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Leases of which nothing may be left.
 *
 * @param spared sandboxes that are not deleted whatever their label: one that is used again keeps
 *     the label of its first lease
 */
@Payload
public record EndLeasesInput(String fleet, List<Left> leases, List<String> spared) {
  public EndLeasesInput {
    Objects.requireNonNull(fleet, "fleet");
    leases = List.copyOf(leases);
    spared = List.copyOf(spared);
  }

  /**
   * What may be left of a lease.
   *
   * @param leaseId every sandbox with this label is deleted
   * @param sandboxId deleted as well; absent when none is known
   */
  @Payload
  public record Left(String leaseId, @Nullable String sandboxId) {
    public Left {
      Objects.requireNonNull(leaseId, "leaseId");
    }
  }
}
