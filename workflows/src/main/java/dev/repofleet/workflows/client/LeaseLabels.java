package dev.repofleet.workflows.client;

import dev.repofleet.workflows.Fleet;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which review a sandbox was made for, by the labels of its creation. Labels are strangers' text
 * until they have the form that workers give them. Immutable.
 *
 * @param batch of the review
 * @param key of the repository
 * @param runId the run of the review's workflow that asked for the sandbox; a later run may use it
 */
public record LeaseLabels(String batch, String key, String runId) {
  /** Label: the fleet's name. */
  public static final String FLEET = "fleet";

  /** Label: the workflow id of the fleet's pool. */
  public static final String POOL = "pool";

  /** Label: the lease, which names workflow, run before any Reset, and number. */
  public static final String LEASE = "lease";

  /** Label: the attempt of the activity that created it. */
  public static final String ATTEMPT = "attempt";

  /** Label: the workflow whose sandbox it is, so that what a terminated one left is found. */
  public static final String WORKFLOW = "workflow";

  /** Label: the workflow's run that asked for it. */
  public static final String RUN = "run";

  /**
   * Label: the id of the Temporal namespace, so that two servers with fleets of one name are told
   * apart on one account. Absent where the worker could not learn it.
   */
  public static final String NAMESPACE = "namespace";

  private static final String UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  /** Workflow id, run before any Reset, number. */
  private static final Pattern LABEL =
      Pattern.compile(
          "(review/(" + Fleet.BATCH_ID + ")/([a-z0-9._-]{1,100})):(" + UUID + "):[0-9]{1,9}");

  private static final Pattern RUN_ID = Pattern.compile(UUID);

  /** Empty when the labels do not name a review, or contradict each other. */
  public static Optional<LeaseLabels> of(Map<String, String> labels) {
    Matcher lease = LABEL.matcher(labels.getOrDefault(LEASE, ""));
    if (!lease.matches()) {
      return Optional.empty();
    }
    String workflowId = lease.group(1);
    String runId = labels.getOrDefault(RUN, lease.group(4));
    if (!labels.getOrDefault(WORKFLOW, workflowId).equals(workflowId)
        || !RUN_ID.matcher(runId).matches()) {
      return Optional.empty();
    }
    return Optional.of(new LeaseLabels(lease.group(2), lease.group(3), runId));
  }

  /** Of the review. */
  public String workflowId() {
    return Fleet.reviewWorkflowId(batch, key);
  }
}
