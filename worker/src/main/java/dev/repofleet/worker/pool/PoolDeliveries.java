package dev.repofleet.worker.pool;

import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.pool.Delivery;
import dev.repofleet.workflows.activities.pool.DeliveryOutcome;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.progress.BatchHold;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowTargetOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signals reviews and batches for their pool. Thread-safe. */
final class PoolDeliveries {
  private static final Logger log = LoggerFactory.getLogger(PoolDeliveries.class);

  private final WorkflowClient client;

  PoolDeliveries(WorkflowClient client) {
    this.client = client;
  }

  /**
   * Tells all of them, each once. One that can't be told keeps none of the others: reviews ask
   * again, and batches are told once more, which changes nothing for those who know.
   *
   * @param runId the pool's run that asks
   * @throws io.temporal.failure.ApplicationFailure a passing one, when nobody could be told, or not
   *     every batch
   */
  DeliveryOutcome deliver(Delivery delivery, String runId) {
    if (delivery.runId() != null && !delivery.runId().equals(runId)) {
      return new DeliveryOutcome(runId, false, List.of());
    }
    List<String> gone = new ArrayList<>();
    int told = 0;
    RuntimeException failure = null;
    for (PermitReply reply : delivery.replies()) {
      try {
        boolean heard = signal(reply.workflowId(), reply.runId(), "permit", reply);
        told++;
        if (!heard && reply.kind() == PermitReply.Kind.GRANTED) {
          gone.add(reply.leaseId());
        }
      } catch (RuntimeException e) {
        failure = failed(reply.workflowId(), e);
      }
    }
    BatchHold hold = delivery.hold();
    if (hold != null) {
      for (String batch : delivery.batches()) {
        try {
          signal(Fleet.batchWorkflowId(batch), null, "held", hold);
          told++;
        } catch (RuntimeException e) {
          failure = failed(Fleet.batchWorkflowId(batch), e);
        }
      }
    }
    boolean forBatches = !delivery.batches().isEmpty();
    if (failure != null && (told == 0 || forBatches)) {
      throw FailureMapper.passing(Cause.INTERNAL, "the pool could not tell all of them", failure);
    }
    return new DeliveryOutcome(runId, true, gone);
  }

  private static RuntimeException failed(String workflowId, RuntimeException e) {
    log.warn("{} could not be told by its pool: {}", workflowId, e.toString());
    return e;
  }

  /** False when it has ended, or there never was one. */
  private boolean signal(String workflowId, @Nullable String runId, String name, Object about) {
    WorkflowTargetOptions.Builder target =
        WorkflowTargetOptions.newBuilder().setWorkflowId(workflowId);
    if (runId != null) {
      target.setRunId(runId);
    }
    try {
      client.newUntypedWorkflowStub(target.build()).signal(name, about);
      return true;
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }
}
