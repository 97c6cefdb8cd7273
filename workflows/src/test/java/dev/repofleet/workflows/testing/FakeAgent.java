package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome.Restored;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the agent does in each sandbox, and the checkpoints of its turns. Thread-safe. */
public final class FakeAgent {
  /** What a process that went down with its sandbox had used. */
  public static final UsageTotals LOST =
      new UsageTotals(40, 0, 0, 8, 0.1, UsageTotals.CostSource.ESTIMATED);

  private final List<TurnInput> turns = Collections.synchronizedList(new ArrayList<>());
  private final Map<PromptKind, Verdict> answers = new EnumMap<>(PromptKind.class);
  private final Map<PromptKind, Cause> turnCauses = new EnumMap<>(PromptKind.class);
  private final Map<PromptKind, Integer> patience = new EnumMap<>(PromptKind.class);
  private final Map<String, Restored> checkpoints = new ConcurrentHashMap<>();
  private volatile double turnCostUsd = 0.25;
  private volatile boolean saving = true;
  private volatile Cause limit = Cause.MODEL_RATE_LIMITED;
  private volatile @Nullable Supplier<Long> resetAt;

  /** What the agent's answer to a kind of prompt is worth; valid unless said. */
  public void answering(PromptKind prompt, Verdict verdict) {
    answers.put(prompt, verdict);
  }

  /** A kind of prompt ends badly, with no answer. */
  public void endingTurns(PromptKind prompt, Cause cause) {
    turnCauses.put(prompt, cause);
  }

  /**
   * The model's provider sends this kind of prompt away so often, asking for a minute each time.
   */
  public void limiting(PromptKind prompt, int times) {
    patience.put(prompt, times);
  }

  /** As {@link #limiting}, by another cause; a quota that is used up says when it is filled. */
  public void limiting(PromptKind prompt, int times, Cause cause, @Nullable Supplier<Long> reset) {
    limit = cause;
    resetAt = reset;
    limiting(prompt, times);
  }

  /** What each turn costs from now on. */
  public void costing(double usd) {
    turnCostUsd = usd;
  }

  /** No checkpoint is taken from now on. */
  public void savingNothing() {
    saving = false;
  }

  /** A turn in work is saved in its middle. */
  public void saveInTheMiddleOf(TurnInput turn) {
    checkpoints.put(
        turn.key(),
        new Restored("store:" + turn.turn() + "/0-77", turn.turn(), 0, false, 1_000, null, 1_500L));
  }

  /** A turn that asked this was cut short when the repository was reviewed before. */
  public void cutShortBefore(String key, int turn, String asked) {
    checkpoints.put(key, new Restored("store:before", turn, 0, false, 1_000, asked, 1_500L));
    saving = false;
  }

  /** The turns it was started for, in order. */
  public List<TurnInput> turns() {
    return List.copyOf(turns);
  }

  /** The last one of a repository; none when nothing was saved. */
  @Nullable Restored checkpoint(String key) {
    return checkpoints.get(key);
  }

  /** Does a turn. */
  TurnOutcome turn(TurnInput input) {
    turns.add(input);
    Cause cause = cause(input);
    Verdict answer =
        cause == null ? answers.getOrDefault(input.prompt(), Verdict.VALID) : Verdict.MISSING;
    Supplier<Long> reset = resetAt;
    String folder = "store:" + input.key() + "/" + input.turn() + "/";
    boolean saved = saving && input.prompt() != PromptKind.VERIFY;
    if (saved) {
      checkpoints.put(
          input.key(),
          new Restored(folder + "end", input.turn(), 0, true, 500, input.asked(), 900L));
    }
    return new TurnOutcome(
        input.turn(),
        input.prompt(),
        input.basis() == null ? 0 : input.basis().incarnation(),
        cause,
        null,
        10,
        new UsageTotals(100, 0, 0, 20, turnCostUsd, UsageTotals.CostSource.REPORTED),
        60_000,
        "rehearsal",
        answer == Verdict.MISSING ? null : folder + answer,
        null,
        folder + "events.jsonl.gz",
        null,
        null,
        true,
        cause == Cause.MODEL_RATE_LIMITED ? 60L : null,
        saved ? folder + "end" : null,
        cause == Cause.MODEL_RATE_LIMITED && reset != null ? reset.get() : null);
  }

  /** Of the turn's end; one that must be stopped first fails until it is. */
  private @Nullable Cause cause(TurnInput input) {
    if (input.ending() != null) {
      return input.ending();
    }
    Cause cause =
        patience.merge(input.prompt(), -1, Integer::sum) >= 0
            ? limit
            : turnCauses.get(input.prompt());
    if (cause == Cause.AGENT_TIMEOUT || cause == Cause.MODEL_AUTH) {
      throw ApplicationFailure.newNonRetryableFailure(
          "it works on", cause.code(), new RunLoss(0, 3, LOST, 1_000));
    }
    return cause;
  }
}
