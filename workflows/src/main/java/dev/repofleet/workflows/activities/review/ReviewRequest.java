package dev.repofleet.workflows.activities.review;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.sandbox.InSandbox;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to judge.
 *
 * @param answerUri of the structured answer; absent when the agent gave none
 */
@Payload
public record ReviewRequest(
    String batch,
    String key,
    String sandboxId,
    String commit,
    @Nullable String subpath,
    PlanRef plan,
    @Nullable String answerUri)
    implements InSandbox {
  public ReviewRequest {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(commit, "commit");
    Objects.requireNonNull(plan, "plan");
  }
}
