package dev.repofleet.worker.plan;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.workflows.PlanRef;
import io.temporal.failure.ApplicationFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a batch's plan is called. Stateless. */
public final class PlanName {
  private static final int DIGITS = 10;

  private PlanName() {}

  /** The name, or a word for it where the store does not have the plan. */
  public static String of(ArtifactStore store, String batch) {
    return plan(store, batch).map(Plan::name).orElse("code");
  }

  /**
   * What a row of a batch asks: the plan's name, and ten digits more where the row has a prompt or
   * instructions of its own. Two such rows of one repository are two reviews, whatever their plan
   * is called; another budget or model makes none.
   *
   * @param row the row's plan, which is the batch's where it has none of its own
   */
  public static String ofRow(ArtifactStore store, PlanSource plans, String batch, PlanRef row) {
    try {
      Plan own = plans.read(row);
      List<@Nullable String> asked = asked(own);
      return plan(store, batch).filter(all -> !asked(all).equals(asked)).isEmpty()
          ? row.name()
          : row.name() + "-" + Sha256.ofText(ArtifactJson.canonical(asked)).substring(0, DIGITS);
    } catch (ApplicationFailure unreadable) {
      return row.name();
    }
  }

  private static List<@Nullable String> asked(Plan plan) {
    return Arrays.asList(plan.prompt(), plan.instructions());
  }

  private static Optional<Plan> plan(ArtifactStore store, String batch) {
    try {
      return Optional.of(
          ArtifactJson.read(
              store, ArtifactUri.of(ArtifactPaths.plan(batch)), Plan.class, Plan.MAX_BYTES));
    } catch (ArtifactNotFoundException e) {
      return Optional.empty();
    }
  }
}
