package dev.repofleet.worker.plan;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Plan;

/** What a batch's plan is called. Stateless. */
public final class PlanName {
  private static final long MAX_PLAN = 16L << 20;

  private PlanName() {}

  /** The name, or a word for it where the store does not have the plan. */
  public static String of(ArtifactStore store, String batch) {
    try {
      return ArtifactJson.read(
              store, ArtifactUri.of(ArtifactPaths.plan(batch)), Plan.class, MAX_PLAN)
          .name();
    } catch (ArtifactNotFoundException e) {
      return "code";
    }
  }
}
