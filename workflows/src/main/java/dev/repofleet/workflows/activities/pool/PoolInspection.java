package dev.repofleet.workflows.activities.pool;

import dev.repofleet.workflows.Payload;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a pool knows, to be compared with the world.
 *
 * @param fleet whose sandboxes are looked at
 * @param holders of leases and of parked sandboxes
 * @param warm ids of sandboxes that wait for a lease, or for their end
 * @param ended labels of leases that are being ended, and of warm sandboxes on their way: known too
 * @param poolBegins whether to look for the settings of the run before
 * @param waiting how many permits are asked for and not granted; absent when an earlier version
 *     asks, as are the following
 * @param ending leases that have been being ended since the look before, with their sandboxes where
 *     those are known: {@code warm} and {@code ended} have them too
 * @param usesAgain whether sandboxes are used again, under the label of their first lease
 * @param held why no permit is given until a person resumes; absent as well when that is not so
 */
@Payload
public record PoolInspection(
    String fleet,
    List<Holder> holders,
    List<String> warm,
    List<String> ended,
    boolean poolBegins,
    @Nullable Integer waiting,
    @Nullable List<EndLeasesInput.Left> ending,
    @Nullable Boolean usesAgain,
    @Nullable String held) {
  public PoolInspection {
    Objects.requireNonNull(fleet, "fleet");
    holders = List.copyOf(holders);
    warm = List.copyOf(warm);
    ended = List.copyOf(ended);
    ending = ending == null ? null : List.copyOf(ending);
  }

  /**
   * Who has a lease.
   *
   * @param leaseId names the run before any Reset
   * @param runId the run that is known to have it
   * @param sandboxId where the pool knows it
   */
  @Payload
  public record Holder(
      String leaseId, String workflowId, String runId, @Nullable String sandboxId) {
    public Holder {
      Objects.requireNonNull(leaseId, "leaseId");
      Objects.requireNonNull(workflowId, "workflowId");
      Objects.requireNonNull(runId, "runId");
    }
  }
}
