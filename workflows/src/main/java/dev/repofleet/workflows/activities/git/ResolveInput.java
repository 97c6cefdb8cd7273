package dev.repofleet.workflows.activities.git;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.order.Target;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The target whose commit is to be pinned.
 *
 * @param batch it belongs to
 * @param key of the repository
 * @param target what is reviewed
 * @param plan what is asked; absent in histories of before results were kept for later batches
 * @param agent that reviews; absent as {@code plan}
 * @param useCache whether an earlier result may stand in for a review; absent: no
 * @param before what the generation before compared with; absent where there is none, or it
 *     compared with nothing
 * @param fullReview whether a person wants everything anew; absent: no
 */
@Payload
public record ResolveInput(
    String batch,
    String key,
    Target target,
    @Nullable PlanRef plan,
    @Nullable AgentKind agent,
    Boolean useCache,
    @Nullable Incremental before,
    Boolean fullReview) {
  public ResolveInput {
    Objects.requireNonNull(target, "target");
    useCache = useCache != null && useCache;
    fullReview = fullReview != null && fullReview;
  }
}
