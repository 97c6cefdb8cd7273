package dev.repofleet.starter.sandboxes;

import dev.repofleet.workflows.Fleet;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which review a sandbox was made for, by the labels of its creation. Labels are strangers' text
 * until they have the form that workers give them.
 *
 * @param batch of the review
 * @param key of the repository
 * @param runId the run of the review's workflow that asked for the sandbox; a later run may use it
 */
record Lease(String batch, String key, String runId) {
  private static final String UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  /** Workflow id, run before any Reset, number. */
  private static final Pattern LABEL =
      Pattern.compile(
          "(review/([a-z0-9][a-z0-9.-]{0,62})/([a-z0-9._-]{1,100})):(" + UUID + "):[0-9]{1,9}");

  private static final Pattern RUN = Pattern.compile(UUID);

  /** Empty when the labels do not name a review, or contradict each other. */
  static Optional<Lease> of(Map<String, String> labels) {
    Matcher lease = LABEL.matcher(labels.getOrDefault("lease", ""));
    if (!lease.matches()) {
      return Optional.empty();
    }
    String workflowId = lease.group(1);
    String runId = labels.getOrDefault("run", lease.group(4));
    if (!labels.getOrDefault("workflow", workflowId).equals(workflowId)
        || !RUN.matcher(runId).matches()) {
      return Optional.empty();
    }
    return Optional.of(new Lease(lease.group(2), lease.group(3), runId));
  }

  String workflowId() {
    return Fleet.reviewWorkflowId(batch, key);
  }
}
