package dev.repofleet.starter.it;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.pool.AcquireInput;
import dev.repofleet.workflows.activities.pool.PoolNews;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import io.temporal.workflow.Workflow;
import java.util.Set;
import java.util.TreeSet;

/** {@inheritDoc} */
public final class PermitHolderImpl implements PermitHolder {
  private final ActivityStubs activities = new ActivityStubs(Fleet.DEFAULT, "permits");
  private final Set<String> granted = new TreeSet<>();

  @Override
  public long[] hold(int permits) {
    String workflowId = Workflow.getInfo().getWorkflowId();
    String runId = Workflow.getInfo().getRunId();
    long[] waits = new long[permits];
    for (int i = 0; i < permits; i++) {
      String lease = workflowId + ":" + runId + ":" + i;
      long asked = Workflow.currentTimeMillis();
      activities
          .telling()
          .acquirePermit(
              new AcquireInput(
                  Fleet.DEFAULT.name(),
                  new LeaseRequest(lease, workflowId, runId, "permits", 1, "claude", null, null)));
      Workflow.await(() -> granted.contains(lease));
      waits[i] = Workflow.currentTimeMillis() - asked;
      activities
          .telling()
          .tellPool(
              new PoolNews(
                  Fleet.DEFAULT.name(),
                  LeaseEnded.of(lease, runId, LeaseEnded.How.RELEASED),
                  null));
    }
    return waits;
  }

  @Override
  public void permit(PermitReply reply) {
    granted.add(reply.leaseId());
  }
}
