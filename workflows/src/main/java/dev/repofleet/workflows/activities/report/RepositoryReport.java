package dev.repofleet.workflows.activities.report;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.activities.review.VerifyOutcome;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.RepositoryEnded;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a review knows at its end.
 *
 * @param review its input
 * @param status it ends in
 * @param cause why it is not {@code complete}
 * @param message of what went wrong, for people, without secrets
 * @param resolved commit; absent when resolving failed
 * @param sessionId of the agent
 * @param agentVersion as the agent told it; absent when no sandbox was prepared
 * @param cloned what was reviewed; absent when cloning failed
 * @param turns that were run, in order
 * @param outcome of the review; absent when there was none
 * @param diff against the commit; absent when it was not taken
 * @param startedAt milliseconds since the epoch
 * @param endedAt milliseconds since the epoch
 * @param sandboxMilliseconds from lease to release
 * @param stepMilliseconds by stage
 * @param lost used by processes that went down with their sandbox; absent when none did
 * @param sandboxes it took, one after the other
 * @param earlier what the generations before it cost; absent where nobody asked for it again
 * @param replaced findings of the generation before; absent without one
 * @param asked the last turn that each prompt of a person got, by the prompt's URI; absent without
 *     one, and in states of before it was kept
 * @param verify what the plan's own command came to; absent where it was not run
 */
@Payload
public record RepositoryReport(
    ReviewInput review,
    RepositoryStatus status,
    @Nullable Cause cause,
    @Nullable String message,
    @Nullable ResolveOutcome resolved,
    String sessionId,
    @Nullable String agentVersion,
    @Nullable CloneOutcome cloned,
    List<TurnOutcome> turns,
    @Nullable ReviewOutcome outcome,
    @Nullable DiffOutcome diff,
    long startedAt,
    long endedAt,
    long sandboxMilliseconds,
    Map<String, Long> stepMilliseconds,
    @Nullable UsageTotals lost,
    int sandboxes,
    @Nullable UsageTotals earlier,
    @Nullable SeverityCounts replaced,
    @Nullable Map<String, Integer> asked,
    @Nullable VerifyOutcome verify) {
  /** How many bytes of one are read at most; it has a few hundred a turn. */
  public static final long MAX_BYTES = 4L << 20;

  public RepositoryReport {
    Objects.requireNonNull(review, "review");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(sessionId, "sessionId");
    turns = List.copyOf(turns);
    // Sorted, so that replay sees the same payload.
    stepMilliseconds = Collections.unmodifiableMap(new TreeMap<>(stepMilliseconds));
    asked = asked == null ? null : Collections.unmodifiableMap(new TreeMap<>(asked));
  }

  /** What this generation cost, with what went down with sandboxes. */
  public UsageTotals cost() {
    return turns.stream()
        .map(TurnOutcome::usage)
        .reduce(lost == null ? UsageTotals.NONE : lost, UsageTotals::plus);
  }

  /** What all generations up to this one cost. */
  public UsageTotals costOfAll() {
    return earlier == null ? cost() : earlier.plus(cost());
  }

  /** The result it stands on; absent when it was worked for. */
  public @Nullable EarlierResult unchanged() {
    return status == RepositoryStatus.SKIPPED_UNCHANGED && resolved != null
        ? resolved.unchanged()
        : null;
  }

  /** What was compared, as far as it came; absent where the plan asks for everything. */
  public @Nullable Incremental incremental() {
    if (cloned != null && cloned.incremental() != null) {
      return cloned.incremental();
    }
    return resolved == null ? null : resolved.incremental();
  }

  /** Findings of this generation, by severity. */
  public SeverityCounts findings() {
    EarlierResult unchanged = unchanged();
    if (unchanged != null) {
      return unchanged.findings();
    }
    return outcome == null ? SeverityCounts.NONE : outcome.findings();
  }

  /** How the review ended, as it tells its batch. */
  public RepositoryEnded ended() {
    return new RepositoryEnded(
        review.index(),
        review.key(),
        status,
        cause,
        findings(),
        cost(),
        review.generation(),
        replaced);
  }

  /** The same after a generation that ended before it. */
  public RepositoryReport after(RepositoryReport before) {
    return new RepositoryReport(
        review,
        status,
        cause,
        message,
        resolved,
        sessionId,
        agentVersion,
        cloned,
        turns,
        outcome,
        diff,
        startedAt,
        endedAt,
        sandboxMilliseconds,
        stepMilliseconds,
        lost,
        sandboxes,
        before.costOfAll(),
        before.findings(),
        asked,
        verify);
  }

  /** Of a review whose sandbox was not lost. */
  public RepositoryReport(
      ReviewInput review,
      RepositoryStatus status,
      @Nullable Cause cause,
      @Nullable String message,
      @Nullable ResolveOutcome resolved,
      String sessionId,
      @Nullable String agentVersion,
      @Nullable CloneOutcome cloned,
      List<TurnOutcome> turns,
      @Nullable ReviewOutcome outcome,
      @Nullable DiffOutcome diff,
      long startedAt,
      long endedAt,
      long sandboxMilliseconds,
      Map<String, Long> stepMilliseconds) {
    this(
        review,
        status,
        cause,
        message,
        resolved,
        sessionId,
        agentVersion,
        cloned,
        turns,
        outcome,
        diff,
        startedAt,
        endedAt,
        sandboxMilliseconds,
        stepMilliseconds,
        null,
        1,
        null,
        null,
        null,
        null);
  }

  /** The last turn that a person's prompt got; absent where it got none. */
  public Optional<TurnOutcome> answerTo(String promptUri) {
    Integer number = asked == null ? null : asked.get(promptUri);
    return turns.stream().filter(turn -> number != null && turn.turn() == number).findFirst();
  }
}
