package dev.repofleet.starter.it;

import dev.repofleet.workflows.lease.PermitReply;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** A review that wants nothing but permits: what a pool costs, without anything else. */
@WorkflowInterface
public interface PermitHolder {

  /**
   * Takes permits one after the other and gives each back at once.
   *
   * @return how long each was waited for, milliseconds by the server's clock
   */
  @WorkflowMethod(name = "PermitHolder")
  long[] hold(int permits);

  /** As a review has it. */
  @SignalMethod
  void permit(PermitReply reply);
}
