package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.CloneOutcome;
import dev.repofleet.workflows.activities.DiffOutcome;
import dev.repofleet.workflows.activities.LeaseOutcome;
import dev.repofleet.workflows.activities.PrepareOutcome;
import dev.repofleet.workflows.activities.RepositoryReport;
import dev.repofleet.workflows.activities.ResolveOutcome;
import dev.repofleet.workflows.activities.ReviewOutcome;
import dev.repofleet.workflows.activities.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.TurnOutcome;
import dev.repofleet.workflows.batch.RepositoryEnded;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a review knows so far, and how it would end if it ended now. The one place where a review's
 * stage changes; shows each change in the search attributes and in the UI's current details.
 * Confined to its workflow.
 */
final class ReviewLedger {
  private final ReviewInput input;
  private final String sessionId;
  private final boolean searchable;
  private final long startedAt = Workflow.currentTimeMillis();
  private final List<TurnOutcome> turns = new ArrayList<>();
  private final Map<String, Long> stepMilliseconds = new TreeMap<>();

  private Stage stage = Stage.QUEUED;
  private long stageSince = startedAt;
  private int turn;
  private @Nullable ResolveOutcome resolved;
  private @Nullable LeaseOutcome lease;
  private long leasedAt;
  private long sandboxMilliseconds;
  private @Nullable CloneOutcome cloned;
  private @Nullable String agentVersion;
  private @Nullable ReviewOutcome outcome;
  private @Nullable DiffOutcome diff;
  private @Nullable StepFailure failure;
  private boolean cancelled;

  ReviewLedger(ReviewInput input) {
    this.input = input;
    this.sessionId =
        SessionId.of(Workflow.getInfo().getWorkflowId(), input.generation()).toString();
    this.searchable = Workflow.getTypedSearchAttributes().containsKey(FleetSearchAttributes.BATCH);
  }

  void enter(Stage next) {
    long now = Workflow.currentTimeMillis();
    stepMilliseconds.merge(stage.code(), now - stageSince, Long::sum);
    stage = next;
    stageSince = now;
    show();
  }

  void resolved(ResolveOutcome found) {
    resolved = found;
  }

  void leased(LeaseOutcome leased) {
    lease = leased;
    leasedAt = Workflow.currentTimeMillis();
  }

  void cloned(CloneOutcome inventory) {
    cloned = inventory;
  }

  void prepared(PrepareOutcome prepared) {
    agentVersion = prepared.agentVersion();
  }

  /** The number of the turn that begins now. */
  int nextTurn() {
    turn = turns.size();
    return turn;
  }

  void ran(TurnOutcome ran) {
    turns.add(ran);
    if (ran.cause() != null) {
      String message = ran.message();
      failed(new StepFailure(ran.cause(), message == null ? ran.cause().sentence() : message));
    }
  }

  void reviewed(ReviewOutcome judged) {
    outcome = judged;
  }

  void diffed(DiffOutcome taken) {
    diff = taken;
  }

  /** The first failure counts: what comes after it is mostly its echo. */
  void failed(StepFailure failed) {
    if (failure == null) {
      failure = failed;
    }
  }

  void cancelled() {
    cancelled = true;
  }

  void released() {
    sandboxMilliseconds = lease == null ? 0 : Workflow.currentTimeMillis() - leasedAt;
  }

  Optional<String> sandboxId() {
    return Optional.ofNullable(lease).map(LeaseOutcome::sandboxId);
  }

  Optional<String> commit() {
    return Optional.ofNullable(resolved).map(ResolveOutcome::commit);
  }

  String sessionId() {
    return sessionId;
  }

  SeverityCounts findings() {
    return outcome == null ? SeverityCounts.NONE : outcome.findings();
  }

  double budgetLeft() {
    return input.outline().budgetUsd() - usage().costUsd();
  }

  int turnsLeft() {
    return input.outline().turns() - turns.stream().mapToInt(TurnOutcome::agentTurns).sum();
  }

  RepositoryProgress progress() {
    boolean done = stage == Stage.DONE;
    return new RepositoryProgress(
        stage, turn, done ? status() : null, done ? cause() : null, usage().costUsd(), findings());
  }

  RepositoryEnded ended() {
    return new RepositoryEnded(input.index(), input.key(), status(), cause(), findings(), usage());
  }

  RepositoryReport report() {
    return new RepositoryReport(
        input,
        status(),
        cause(),
        failure == null ? null : failure.message(),
        resolved,
        sessionId,
        agentVersion,
        cloned,
        turns,
        outcome,
        diff,
        startedAt,
        Workflow.currentTimeMillis(),
        sandboxMilliseconds,
        stepMilliseconds);
  }

  /** Complete needs every step; a list of findings, however short, needs a valid answer. */
  private RepositoryStatus status() {
    if (cancelled) {
      return RepositoryStatus.CANCELLED;
    }
    if (outcome != null && outcome.verdict() == Verdict.VALID) {
      return failure == null ? RepositoryStatus.COMPLETE : RepositoryStatus.PARTIAL;
    }
    if (outcome != null && turns.get(0).cause() == null) {
      return RepositoryStatus.UNSTRUCTURED;
    }
    return cutShort() ? RepositoryStatus.PARTIAL : RepositoryStatus.FAILED;
  }

  /** Turns, money or time ran out before the answer: text and changes so far are still worth it. */
  private boolean cutShort() {
    return failure != null
        && !turns.isEmpty()
        && (failure.cause() == Cause.TURNS_EXHAUSTED
            || failure.cause() == Cause.BUDGET_EXHAUSTED
            || failure.cause() == Cause.AGENT_TIMEOUT);
  }

  private @Nullable Cause cause() {
    if (cancelled) {
      return Cause.CANCELLED;
    }
    if (failure != null) {
      return failure.cause();
    }
    return status() == RepositoryStatus.UNSTRUCTURED ? Cause.SCHEMA_INVALID : null;
  }

  private UsageTotals usage() {
    return turns.stream().map(TurnOutcome::usage).reduce(UsageTotals.NONE, UsageTotals::plus);
  }

  private void show() {
    RepositoryProgress now = progress();
    Workflow.setCurrentDetails(
        "**" + stage.code() + "** · turn " + turn + " · findings " + now.findings().total());
    if (!searchable) {
      return;
    }
    Workflow.upsertTypedSearchAttributes(FleetSearchAttributes.STAGE.valueSet(stage.code()));
    if (stage == Stage.DONE) {
      Workflow.upsertTypedSearchAttributes(
          FleetSearchAttributes.STATUS.valueSet(status().code()),
          FleetSearchAttributes.TURN.valueSet((long) turn),
          FleetSearchAttributes.FINDINGS.valueSet((long) findings().total()),
          FleetSearchAttributes.COST_USD.valueSet(now.costUsd()));
      Cause cause = cause();
      if (cause != null) {
        Workflow.upsertTypedSearchAttributes(FleetSearchAttributes.CAUSE.valueSet(cause.code()));
      }
    }
  }
}
