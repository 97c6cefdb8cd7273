package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.PromptFacts;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.review.VerdictsOutcome;
import dev.repofleet.workflows.activities.review.VerifyOutcome;
import dev.repofleet.workflows.activities.sandbox.LeaseOutcome;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome.Restored;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import dev.repofleet.workflows.progress.RepositoryEnded;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a review knows so far, and how it would end if it ended now. The one place where a review's
 * stage changes; how long things took is {@link WorkClock}'s, what Temporal shows of it {@link
 * ReviewDisplay}'s. Confined to its workflow.
 */
final class ReviewLedger {
  /** A turn that is gone on with in another sandbox gets at least this. */
  private static final Duration LEAST_TIME = Duration.ofMinutes(1);

  private final ReviewInput input;
  private final String sessionId;
  private final String verificationId;
  private final ReviewDisplay display = new ReviewDisplay();
  private final WorkClock clock = new WorkClock();
  private final List<TurnOutcome> turns = new ArrayList<>();
  private final Map<String, Integer> asked = new TreeMap<>();

  private Stage stage = Stage.QUEUED;
  private int turn;
  private @Nullable ResolveOutcome resolved;
  private int sandboxes;
  private @Nullable CloneOutcome cloned;
  private @Nullable String agentVersion;
  private @Nullable ReviewOutcome outcome;
  private @Nullable String rejectedUri;
  private @Nullable DiffOutcome diff;
  private @Nullable VerifyOutcome verify;
  private @Nullable StepFailure failure;
  private boolean cancelled;
  private @Nullable Integer awaiting;
  private final TurnLosses losses = new TurnLosses();
  private UsageTotals usageBefore = UsageTotals.NONE;
  private int agentTurnsBefore;
  private int turnsBefore;
  private boolean stoodOnAnother;
  private @Nullable RepositoryReport before;
  private @Nullable UsageTotals earlier;
  private @Nullable SeverityCounts replaced;
  private @Nullable Incremental comparedBefore;

  ReviewLedger(ReviewInput input) {
    this.input = input;
    this.sessionId =
        SessionId.of(Workflow.getInfo().getWorkflowId(), input.generation()).toString();
    this.verificationId =
        SessionId.ofVerification(Workflow.getInfo().getWorkflowId(), input.generation()).toString();
  }

  void enter(Stage next) {
    clock.ends(stage);
    stage = next;
    display.show(progress(), turns, unchanged());
  }

  Stage stage() {
    return stage;
  }

  /**
   * Takes up the review where it ended, for a person's follow-up. That one has the plan's budget
   * and turns for itself: whoever asks for more after the end wants to pay for more. What had been
   * cancelled stays so: nothing of it is made up for.
   */
  void takeUp(RepositoryReport before) {
    this.before = before;
    earlier = before.earlier();
    replaced = before.replaced();
    turns.addAll(before.turns());
    if (before.asked() != null) {
      asked.putAll(before.asked());
    }
    resolved = before.resolved();
    agentVersion = before.agentVersion();
    outcome = before.outcome();
    cloned = before.cloned();
    diff = before.diff();
    verify = before.verify();
    losses.takeUp(before.lost() == null ? UsageTotals.NONE : before.lost());
    cancelled = before.cause() == Cause.CANCELLED;
    if (before.cause() != null && !cancelled) {
      String said = before.message();
      failure = new StepFailure(before.cause(), said == null ? before.cause().sentence() : said);
    }
    sandboxes = before.sandboxes();
    clock.takeUp(before);
    usageBefore = usage();
    agentTurnsBefore = agentTurns();
    turnsBefore = turns.size();
    stoodOnAnother = before.unchanged() != null;
  }

  /**
   * Takes note of what stood before this generation. True when it is this generation's own end, or
   * that of a later one: then nothing is to be done. One that was cancelled is begun again by who
   * asks for it once more; turns of it that had ended are in the store and cost nothing.
   */
  boolean succeeds(RepositoryReport before) {
    boolean own = before.review().generation() == input.generation();
    boolean again = own && before.cause() == Cause.CANCELLED;
    if (before.review().generation() >= input.generation() && !again) {
      takeUp(before);
      return true;
    }
    if (own && before.lost() != null) {
      losses.takeUp(before.lost());
    }
    earlier = own ? before.earlier() : before.costOfAll();
    replaced = own ? before.replaced() : before.findings();
    Incremental compared = before.incremental();
    comparedBefore = compared == null || compared.base() == null ? null : compared;
    return false;
  }

  /** What the generation before was compared with; absent without one. */
  @Nullable Incremental comparedBefore() {
    return comparedBefore;
  }

  void resolved(ResolveOutcome found) {
    resolved = found;
  }

  boolean isResolved() {
    return resolved != null;
  }

  /** The result it stands on, if nothing is to be run; absent once something went wrong. */
  @Nullable EarlierResult unchanged() {
    return resolved == null || failure != null ? null : resolved.unchanged();
  }

  ResolveOutcome resolved() {
    if (resolved == null) {
      throw new IllegalStateException("the commit of " + input.key() + " is not known yet");
    }
    return resolved;
  }

  /** Returns the sandbox's id. */
  String leased(LeaseOutcome leased) {
    sandboxes++;
    sandboxWorks();
    return leased.sandboxId();
  }

  /** From now on its time is paid for. */
  void sandboxWorks() {
    clock.sandboxWorks();
  }

  /** It is paused or gone. */
  void sandboxRests() {
    clock.sandboxRests();
  }

  /** The commit is the same in another sandbox; what the agent was told in the first stands. */
  void cloned(CloneOutcome inventory) {
    cloned = cloned == null ? inventory : cloned;
  }

  /** What prompts may say of the repository; absent before it was cloned. */
  @Nullable PromptFacts promptFacts() {
    if (cloned == null) {
      return null;
    }
    Target target = input.target();
    String ref = resolved().ref();
    return new PromptFacts(
        target.repository() == null ? target.name() : target.repository(),
        ref == null ? target.ref() : ref,
        cloned.files(),
        cloned.bytes(),
        cloned.languages(),
        cloned.languagePercents(),
        findings(),
        cloned.ignored(),
        cloned.incremental(),
        rejectedUri);
  }

  /** Returns the checkpoint that was restored. */
  @Nullable Restored prepared(PrepareOutcome prepared) {
    agentVersion = prepared.agentVersion();
    return prepared.restored();
  }

  /**
   * Whether another sandbox could take over: a checkpoint holds the end of the session's last turn,
   * and no verification was cut short, which can be gone on with where it began alone.
   */
  boolean lastTurnIsSaved() {
    int own = lastOwnTurnBefore(turns.size());
    boolean cutShort = own < turns.size() - 1 && turns.get(turns.size() - 1).cause() != null;
    return own >= 0 && !cutShort && turns.get(own).checkpointUri() != null;
  }

  /**
   * The last turn before this one that was of the review's own session: verifications are of
   * another, change nothing, and are in no checkpoint. Below 0 when there is none.
   */
  int lastOwnTurnBefore(int next) {
    int own = next - 1;
    while (own >= 0 && turns.get(own).prompt() == PromptKind.VERIFY) {
      own--;
    }
    return own;
  }

  /** Whether the result is that of an earlier end: no turn has ended since. */
  boolean resultStands() {
    return stoodOnAnother || (turnsBefore > 0 && turns.size() == turnsBefore);
  }

  /** Whether processes of no turn that ended have used something since an earlier end. */
  boolean costsMore() {
    return !stoodOnAnother && !usage().equals(usageBefore);
  }

  /** Whether nothing is wrong with what is known so far. */
  boolean endsWell() {
    return status() == RepositoryStatus.COMPLETE;
  }

  /** How many turns have ended. */
  int turnCount() {
    return turns.size();
  }

  /** The number of the turn that begins now. */
  int nextTurn() {
    turn = turns.size();
    return turn;
  }

  /**
   * A turn has ended.
   *
   * @param promptUri of a person's prompt; absent for the plan's
   */
  void ran(TurnOutcome ran, @Nullable String promptUri) {
    turns.add(ran);
    losses.told(ran);
    if (promptUri != null) {
      asked.put(promptUri, ran.turn());
    }
    diff = null; // of before this turn
    verify = null;
  }

  /** The last word on a prompt: nothing more is done for it. */
  void judged(TurnOutcome last) {
    if (last.cause() != null) {
      String message = last.message();
      failed(new StepFailure(last.cause(), message == null ? last.cause().sentence() : message));
    }
  }

  /** Processes of the turn in work went down with their sandbox. */
  void lost(int lossTurn, RunLoss loss) {
    losses.add(lossTurn, loss);
  }

  /** What is left of the plan's time for a turn, after what processes that were lost took. */
  Duration timeLeft(int ofTurn) {
    Duration left = input.outline().time().minus(losses.worked(ofTurn));
    return left.compareTo(LEAST_TIME) < 0 ? LEAST_TIME : left;
  }

  /** Which follow-up waits for a person; null when none does any more. */
  void awaits(@Nullable Integer followUp) {
    awaiting = followUp;
  }

  void reviewed(ReviewOutcome judged) {
    outcome = judged;
  }

  /** The judged findings, where the plan wants them verified; absent where there is nothing to. */
  @Nullable String toVerify() {
    return outcome != null
            && outcome.verdict() == Verdict.VALID
            && input.outline().verifies(outcome.findings())
        ? outcome.reviewUri()
        : null;
  }

  void verified(VerdictsOutcome verdicts) {
    rejectedUri = verdicts.rejected() == 0 ? null : verdicts.reviewUri();
    int refused = outcome == null ? 0 : outcome.refused();
    outcome =
        new ReviewOutcome(Verdict.VALID, null, verdicts.reviewUri(), verdicts.findings(), refused);
  }

  void diffed(DiffOutcome taken) {
    diff = taken;
  }

  /** How long the plan's own command may take; absent where it has none, or nothing changed. */
  @Nullable Duration verifyTime() {
    return diff == null || diff.filesChanged() == 0 ? null : input.outline().verifyTime();
  }

  void commandEnded(VerifyOutcome ended) {
    verify = ended;
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

  /** The review's own session. */
  String sessionId() {
    return sessionId;
  }

  String sessionId(PromptKind prompt) {
    return prompt == PromptKind.VERIFY ? verificationId : sessionId;
  }

  SeverityCounts findings() {
    EarlierResult unchanged = unchanged();
    if (unchanged != null) {
      return unchanged.findings();
    }
    return outcome == null ? SeverityCounts.NONE : outcome.findings();
  }

  double budgetLeft() {
    Double share = input.budgetUsd();
    double cap = input.outline().budgetUsd();
    return (share == null ? cap : Math.min(cap, share))
        - (usage().costUsd() - usageBefore.costUsd());
  }

  int turnsLeft() {
    return input.outline().turns() - (agentTurns() - agentTurnsBefore);
  }

  private int agentTurns() {
    return turns.stream().mapToInt(TurnOutcome::agentTurns).sum() + losses.agentTurns();
  }

  RepositoryProgress progress() {
    boolean done = stage == Stage.DONE;
    return new RepositoryProgress(
        stage,
        turn,
        done ? status() : null,
        done ? cause() : null,
        usage().costUsd(),
        findings(),
        awaiting,
        clock.startedAt());
  }

  RepositoryEnded ended() {
    return new RepositoryEnded(
        input.index(),
        input.key(),
        status(),
        cause(),
        findings(),
        usage(),
        input.generation(),
        replaced);
  }

  /** Where the result stands, its status does too: only what it cost is another. */
  RepositoryReport report() {
    RepositoryReport standing = resultStands() ? before : null;
    String message = failure == null ? null : failure.message();
    return new RepositoryReport(
        input,
        standing == null ? status() : standing.status(),
        standing == null ? cause() : standing.cause(),
        standing == null ? message : standing.message(),
        resolved,
        sessionId,
        agentVersion,
        cloned,
        turns,
        outcome,
        diff,
        clock.reviewedSince(),
        Workflow.currentTimeMillis(),
        clock.sandboxMilliseconds(),
        clock.stages(),
        losses.usage().equals(UsageTotals.NONE) ? null : losses.usage(),
        sandboxes,
        earlier,
        replaced,
        asked.isEmpty() ? null : asked,
        verify);
  }

  /** Complete needs every step; a list of findings, however short, needs a valid answer. */
  private RepositoryStatus status() {
    if (cancelled) {
      return RepositoryStatus.CANCELLED;
    }
    if (unchanged() != null) {
      return RepositoryStatus.SKIPPED_UNCHANGED;
    }
    if (outcome != null && outcome.verdict() == Verdict.VALID) {
      return failure == null ? RepositoryStatus.COMPLETE : RepositoryStatus.PARTIAL;
    }
    if (outcome != null && reviewed()) {
      return RepositoryStatus.UNSTRUCTURED;
    }
    return cutShort() ? RepositoryStatus.PARTIAL : RepositoryStatus.FAILED;
  }

  /** Whether the review's own turn came to its end, if only in text. */
  private boolean reviewed() {
    return turns.stream()
        .filter(ran -> ran.prompt() == PromptKind.REVIEW)
        .anyMatch(ran -> ran.cause() == null);
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
    return turns.stream().map(TurnOutcome::usage).reduce(losses.usage(), UsageTotals::plus);
  }
}
