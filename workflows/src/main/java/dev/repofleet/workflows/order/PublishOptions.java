package dev.repofleet.workflows.order;

import dev.repofleet.workflows.Payload;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be published, and how.
 *
 * @param mode whether anything is written
 * @param branch a branch with the changes
 * @param pullRequest a pull request from that branch
 * @param sarif the findings, for the forge's code scanning
 * @param allowWorkflowChanges lets changes to files that the forge runs through
 * @param draft pull requests begin as drafts
 * @param labels of each pull request
 * @param templateUri artifact with the text of pull requests; absent: the one that is shipped
 */
@Payload
public record PublishOptions(
    PublishMode mode,
    boolean branch,
    boolean pullRequest,
    boolean sarif,
    boolean allowWorkflowChanges,
    boolean draft,
    List<String> labels,
    @Nullable String templateUri) {
  public PublishOptions {
    Objects.requireNonNull(mode, "mode");
    labels = List.copyOf(labels);
    if (!branch && !pullRequest && !sarif) {
      throw new IllegalArgumentException(
          "nothing is to be published: a branch, a pull request, or SARIF");
    }
  }
}
