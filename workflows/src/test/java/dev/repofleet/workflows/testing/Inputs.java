package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.batch.BatchEstimateInput;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import dev.repofleet.workflows.progress.BatchCarry;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchTally;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RunningRepository;
import dev.repofleet.workflows.schedule.ScheduledBatchInput;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Inputs as a starter would make them. */
public final class Inputs {
  public static final String FLEET = "repofleet";
  public static final String BATCH = "nightly";
  public static final PlanRef PLAN = new PlanRef("store:plans/audit.json", "5".repeat(64), "audit");

  /** Of runs that a test holds up without a heartbeat for as long as its machine needs. */
  private static final Duration HEARTBEAT_TIMEOUT = Duration.ofMinutes(10);

  private Inputs() {}

  public static PlanOutline outline(String... followUps) {
    return outline(2.0, 80, followUps);
  }

  public static PlanOutline outline(double budgetUsd, int turns, String... followUps) {
    return outline("audit", budgetUsd, turns, Duration.ofMinutes(45), followUps);
  }

  /** A plan whose follow-ups need nobody's approval, and which has nothing verified. */
  public static PlanOutline outline(
      String name, double budgetUsd, int turns, Duration time, String... followUps) {
    return new PlanOutline(
        name,
        "claude",
        budgetUsd,
        turns,
        time,
        Duration.ofHours(1),
        List.of(followUps),
        List.of(),
        PlanOutline.DEFAULT_APPROVAL_TIME,
        PlanOutline.DEFAULT_PAUSED_TIME,
        null,
        null);
  }

  /** A plan with a command of its own, which may take ten minutes. */
  public static PlanOutline withCommand(String... followUps) {
    PlanOutline plan = outline(followUps);
    return with(
        plan,
        plan.approvals(),
        plan.approvalTime(),
        plan.pausedTime(),
        null,
        Duration.ofMinutes(10));
  }

  /** So many follow-ups, each of which a person must approve. */
  public static PlanOutline asking(int followUps) {
    PlanOutline plan = outline(Collections.nCopies(followUps, "always").toArray(String[]::new));
    return with(
        plan,
        Collections.nCopies(followUps, true),
        Duration.ofHours(10),
        Duration.ofHours(1),
        null,
        null);
  }

  /** A plan that has its findings verified on a condition. */
  public static PlanOutline verifying(String when, String... followUps) {
    return verifying(when, 2.0, followUps);
  }

  public static PlanOutline verifying(String when, double budgetUsd, String... followUps) {
    PlanOutline plan = outline(budgetUsd, 80, followUps);
    return with(plan, plan.approvals(), plan.approvalTime(), plan.pausedTime(), when, null);
  }

  /** The same plan with these for its last five. */
  public static PlanOutline with(
      PlanOutline plan,
      List<Boolean> approvals,
      Duration approvalTime,
      Duration pausedTime,
      @Nullable String verifyWhen,
      @Nullable Duration verifyTime) {
    return new PlanOutline(
        plan.name(),
        plan.template(),
        plan.budgetUsd(),
        plan.turns(),
        plan.time(),
        plan.sandboxTime(),
        plan.followUps(),
        approvals,
        approvalTime,
        pausedTime,
        verifyWhen,
        verifyTime);
  }

  public static String key(int index) {
    return "repo-" + index + "-0123456789";
  }

  public static Target target(int index) {
    return new Target(
        "acme/repo-" + index,
        "https://github.com/acme/repo-" + index,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** What the provider says that names no time, to a turn that has just begun. */
  public static ProviderTrouble trouble(Cause cause) {
    return new ProviderTrouble(cause, null, null, null);
  }

  public static ReviewInput review(PlanOutline outline) {
    return review(outline, 0);
  }

  /** Of this generation, without what the one before it left. */
  public static ReviewInput review(PlanOutline outline, int generation) {
    return new ReviewInput(
        1,
        FLEET,
        BATCH,
        0,
        key(0),
        target(0),
        PLAN,
        outline,
        AgentKind.REHEARSAL,
        generation,
        HEARTBEAT_TIMEOUT,
        Duration.ofSeconds(60),
        null,
        null,
        null,
        true);
  }

  /** Begins the URIs of manifests whose targets are others than those of {@link #batch}. */
  public static final String MORE = "store:more";

  /** A look at the same targets. */
  public static BatchEstimateInput estimate(int count) {
    BatchInput batch = batch(count, 1);
    return new BatchEstimateInput(
        FLEET, BATCH, batch.manifest(), PLAN, batch.storeId(), AgentKind.CLAUDE, true);
  }

  public static BatchInput batch(int count, int window) {
    return batch(count, window, null);
  }

  public static BatchInput batch(int count, int window, @Nullable BatchCarry progress) {
    return new BatchInput(
        1,
        FLEET,
        BATCH,
        new ManifestRef("store:batches/nightly/manifest.jsonl", "a".repeat(64), count),
        PLAN,
        "0f6a3a0e-5b0e-4a53-9d53-3a1f6f1f9c11",
        window,
        AgentKind.REHEARSAL,
        HEARTBEAT_TIMEOUT,
        Duration.ofSeconds(60),
        progress,
        BatchLimits.NONE,
        true);
  }

  /** The end of this repository of the batch, which used nothing and found nothing. */
  public static RepositoryEnded ended(int index, RepositoryStatus status) {
    return new RepositoryEnded(
        index,
        key(index),
        status,
        status == RepositoryStatus.COMPLETE ? null : Cause.INTERNAL,
        SeverityCounts.NONE,
        UsageTotals.NONE,
        0,
        null);
  }

  /** What a run of the batch leaves to the next one: so many begun, these of them in work. */
  public static BatchCarry carry(int dispatched, RunningRepository... running) {
    return carry(dispatched, BatchTally.NONE, running);
  }

  public static BatchCarry carry(int dispatched, BatchTally tally, RunningRepository... running) {
    return new BatchCarry(
        1_000,
        outline(),
        dispatched,
        List.of(running),
        tally,
        List.of(),
        null,
        false,
        0L,
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        List.of());
  }

  /** Of a schedule over so many targets. */
  public static ScheduledBatchInput scheduled(int count) {
    BatchInput batch = batch(count, 2);
    return new ScheduledBatchInput(
        1,
        FLEET,
        BATCH,
        batch.manifest(),
        PLAN,
        batch.storeId(),
        batch.window(),
        AgentKind.REHEARSAL,
        batch.limits(),
        true);
  }
}
