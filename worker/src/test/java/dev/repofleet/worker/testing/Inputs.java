package dev.repofleet.worker.testing;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import dev.repofleet.workflows.progress.BatchInput;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Inputs as a starter or a workflow would make them. */
public final class Inputs {
  private static final String FLEET = "repofleet";

  /** Of a plan without follow-ups that has nothing verified. */
  private static final PlanOutline OUTLINE =
      new PlanOutline(
          "security",
          "claude",
          2,
          80,
          Duration.ofHours(1),
          Duration.ofHours(1),
          List.of(),
          List.of(),
          PlanOutline.DEFAULT_APPROVAL_TIME,
          PlanOutline.DEFAULT_PAUSED_TIME,
          null,
          null);

  private Inputs() {}

  /** All of a repository that has a URL. */
  public static Target target(String name, String url, @Nullable String ref) {
    return new Target(name, url, ref, null, null, null, null, null, null, null);
  }

  /** A local path, or a folder of it, whose commit is in this bundle. */
  public static Target bundle(String name, @Nullable String subpath, String commit, String uri) {
    return new Target(name, null, null, subpath, commit, uri, null, null, null, null);
  }

  /** A batch that begins and that nothing limits. */
  public static BatchInput batch(
      String batch,
      ManifestRef manifest,
      PlanRef plan,
      String storeId,
      int window,
      AgentKind agent) {
    return new BatchInput(
        1,
        FLEET,
        batch,
        manifest,
        plan,
        storeId,
        window,
        agent,
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        null,
        BatchLimits.NONE,
        true);
  }

  /** A review that begins, in a store of any identity. */
  public static ReviewInput review(
      String batch, int index, String key, Target target, PlanRef plan, AgentKind agent) {
    return new ReviewInput(
        1,
        FLEET,
        batch,
        index,
        key,
        target,
        plan,
        OUTLINE,
        agent,
        0,
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        null,
        null,
        null,
        true);
  }

  /** Of a lease that belongs to no workflow. */
  public static LeaseInput lease(String leaseId) {
    return new LeaseInput(FLEET, leaseId, "claude", Duration.ofMinutes(10), null, 0, null, false);
  }

  /** Of a lease that no pool knows. */
  public static ReleaseInput release(String leaseId, String sandboxId) {
    return new ReleaseInput(FLEET, leaseId, sandboxId, null, false, false);
  }

  /** A turn's outcome that ended well after three of the agent's own turns. */
  public static TurnOutcome ended(
      int turn, PromptKind prompt, UsageTotals usage, @Nullable String model) {
    return new TurnOutcome(
        turn, prompt, 0, null, null, 3, usage, 1500, model, null, null, null, null, null, true,
        null, null, null);
  }
}
