package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.order.ManifestRef;
import java.util.Objects;

/**
 * What a batch would be started with, as far as that decides what it would begin.
 *
 * @param fleet whose workers look
 * @param batch a name for people; no batch of that name is started
 * @param manifest of the targets to look at, at most {@value #MAX_TARGETS}
 * @param plan that would be asked
 * @param storeId of the artifact store they are in
 * @param agent that would review
 * @param useCache whether what is unchanged since an earlier result would be skipped
 */
@Payload
public record BatchEstimateInput(
    String fleet,
    String batch,
    ManifestRef manifest,
    PlanRef plan,
    String storeId,
    AgentKind agent,
    boolean useCache) {

  /** Each target is a question to its Git host, which nobody asked for a review yet. */
  public static final int MAX_TARGETS = 1_000;

  public BatchEstimateInput {
    Objects.requireNonNull(fleet, "fleet");
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(manifest, "manifest");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(storeId, "storeId");
    Objects.requireNonNull(agent, "agent");
    if (manifest.count() > MAX_TARGETS) {
      throw new IllegalArgumentException(
          manifest.count() + " targets are more than the " + MAX_TARGETS + " that are looked at");
    }
  }
}
