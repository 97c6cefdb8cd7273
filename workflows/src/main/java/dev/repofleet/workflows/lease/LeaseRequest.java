package dev.repofleet.workflows.lease;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A review asks for a permit. Sent again every minute while it waits, after an hour every three, so
 * that a lost signal, and a pool that was lost or terminated, heal.
 *
 * @param leaseId names the lease for ever: workflow id, run before any Reset, number
 * @param workflowId of the review
 * @param runId of the review's run that asks
 * @param batch the review belongs to
 * @param priority {@link #GOES_ON} before {@link #BEGINS}
 * @param template of the sandbox
 * @param repository whose sandbox may be used again, in words that name it; absent: none
 * @param parkedSandboxId the paused sandbox that the lease goes on with; absent when it begins
 */
@Payload
public record LeaseRequest(
    String leaseId,
    String workflowId,
    String runId,
    String batch,
    int priority,
    String template,
    @Nullable String repository,
    @Nullable String parkedSandboxId) {

  /** Of a review whose agent has worked already: what is half paid for is finished first. */
  public static final int GOES_ON = 0;

  /** Of a review that begins. */
  public static final int BEGINS = 1;

  public LeaseRequest {
    Objects.requireNonNull(leaseId, "leaseId");
    Objects.requireNonNull(workflowId, "workflowId");
    Objects.requireNonNull(runId, "runId");
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(template, "template");
  }

  /** The same, as another run of the same review asks for it. */
  public LeaseRequest byRun(String run) {
    return new LeaseRequest(
        leaseId, workflowId, run, batch, priority, template, repository, parkedSandboxId);
  }
}
