package dev.repofleet.workflows.activities.sandbox;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox is made ready for.
 *
 * @param sandboxId to prepare
 * @param fence token of the lease; a start without it is refused
 * @param generation of the work
 * @param turn the first turn that may run here, when no checkpoint says more; earlier ones count as
 *     lost
 * @param incarnation the first process of that turn that may run here
 * @param storeId of the batch's artifact store; a worker that sees another one lets go
 * @param sessionId of the agent; with it and {@code commit} the latest checkpoint is restored
 * @param commit that was cloned
 * @param subpath the agent works in; absent means the whole repository
 * @param leaseId of the sandbox; absent in histories before it was asked for
 * @param asked what the turn is asked, by {@code PromptKind.id}: a checkpoint of a turn of its
 *     number that was asked something else gives its work alone. Absent where no turn is to come,
 *     and in histories before it was told
 */
@Payload
public record PrepareInput(
    String batch,
    String key,
    String sandboxId,
    String fence,
    int generation,
    int turn,
    int incarnation,
    AgentKind agent,
    PlanRef plan,
    @Nullable String storeId,
    @Nullable String sessionId,
    @Nullable String commit,
    @Nullable String subpath,
    @Nullable String leaseId,
    @Nullable String asked)
    implements InSandbox {
  public PrepareInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(fence, "fence");
    Objects.requireNonNull(agent, "agent");
    Objects.requireNonNull(plan, "plan");
  }
}
