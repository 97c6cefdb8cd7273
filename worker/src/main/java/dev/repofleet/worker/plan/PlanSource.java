package dev.repofleet.worker.plan;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.RecentlyUsed;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.order.FollowUpCondition;
import dev.repofleet.workflows.order.PlanOutline;
import io.temporal.failure.ApplicationFailure;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads plans by reference and keeps the latest in memory. Thread-safe. */
public final class PlanSource {
  /** Plans are read for every step of every repository, and few are in use at once. */
  private static final int KEPT = 64;

  private final ArtifactStore store;
  private final RecentlyUsed<String, Plan> plans = new RecentlyUsed<>(KEPT);

  /** Reads from {@code store}. */
  public PlanSource(ArtifactStore store) {
    this.store = store;
  }

  /**
   * The plan, whose bytes must have the hash of the reference.
   *
   * @throws ApplicationFailure of the type {@code plan_invalid}, final, when it is missing, changed
   *     or not a plan
   */
  public Plan read(PlanRef ref) {
    Plan known = plans.get(ref.sha256());
    if (known != null) {
      return known;
    }
    Plan plan;
    try {
      byte[] json = store.read(ref.uri(), Plan.MAX_BYTES);
      if (!Sha256.of(json).equals(ref.sha256())) {
        throw new ArtifactCorruptException("it is not the plan the batch was started with");
      }
      plan = ArtifactJson.read(json, Plan.class, ref.uri());
    } catch (ArtifactNotFoundException | ArtifactCorruptException | IllegalArgumentException e) {
      throw Refusal.PLAN_INVALID.because(
          "plan " + ref.name() + " can't be used: " + e.getMessage());
    }
    plans.put(ref.sha256(), plan);
    return plan;
  }

  /** There is a finding of this severity or above. */
  private static @Nullable String verifyWhen(@Nullable Severity least) {
    return least == null
        ? null
        : Arrays.stream(Severity.values())
            .filter(severity -> severity.compareTo(least) <= 0)
            .map(severity -> "findings." + severity.word() + " > 0")
            .collect(Collectors.joining(" or "));
  }

  /**
   * What a workflow must know of a plan.
   *
   * @throws ApplicationFailure of the type {@code plan_invalid}, final, when a part of it is wrong
   */
  public static PlanOutline outline(Plan plan) {
    try {
      List<String> conditions = plan.followUps().stream().map(FollowUp::when).toList();
      conditions.forEach(FollowUpCondition::parse);
      return new PlanOutline(
          plan.name(),
          plan.template(),
          plan.limits().budgetUsd(),
          plan.limits().turns(),
          plan.limits().time(),
          plan.limits().sandboxTime(),
          conditions,
          plan.followUps().stream().map(each -> each.approval() == Approval.REQUIRED).toList(),
          plan.limits().approvalTime(),
          plan.limits().pausedTime(),
          verifyWhen(plan.verifyFindings()),
          plan.verify() == null ? null : plan.verify().time());
    } catch (IllegalArgumentException e) {
      throw Refusal.PLAN_INVALID.because(
          "plan " + plan.name() + " can't be used: " + e.getMessage());
    }
  }
}
