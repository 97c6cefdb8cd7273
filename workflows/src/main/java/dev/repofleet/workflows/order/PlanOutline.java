package dev.repofleet.workflows.order;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.SeverityCounts;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the workflow must know of a plan to decide what happens next. Prompts, rules and schemas
 * stay in the artifact store.
 *
 * @param name of the plan
 * @param template E2B template of the sandboxes
 * @param budgetUsd most that one repository may cost, over all its turns
 * @param turns most agent turns (in Claude Code's sense) of one repository, over all its runs
 * @param time longest that one run of the agent may take
 * @param sandboxTime longest that the sandbox may live without being extended again
 * @param followUps condition of each follow-up, in order
 * @param approvals of each follow-up, whether a person must approve it first; absent: none
 * @param approvalTime how long a person's answer is waited for; absent: 7 days
 * @param pausedTime how long the paused sandbox is kept for the answer; after it the work is
 *     restored from its checkpoint; absent: 1 hour
 * @param verifyWhen condition on which findings are tried in a session of their own; absent: never
 * @param verifyTime longest that the plan's own command may take, which is run on what the agent
 *     changed; absent: it has none
 */
@Payload
public record PlanOutline(
    String name,
    String template,
    double budgetUsd,
    int turns,
    Duration time,
    Duration sandboxTime,
    List<String> followUps,
    List<Boolean> approvals,
    Duration approvalTime,
    Duration pausedTime,
    @Nullable String verifyWhen,
    @Nullable Duration verifyTime) {
  /** Default of {@link #approvalTime}: a week, so that a holiday does not cost a follow-up. */
  public static final Duration DEFAULT_APPROVAL_TIME = Duration.ofDays(7);

  /** Default of {@link #pausedTime}: an answer within the hour finds everything as it was. */
  public static final Duration DEFAULT_PAUSED_TIME = Duration.ofHours(1);

  public PlanOutline {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(template, "template");
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(sandboxTime, "sandboxTime");
    followUps = List.copyOf(followUps);
    approvals = approvals == null ? List.of() : List.copyOf(approvals);
    approvalTime = approvalTime == null ? DEFAULT_APPROVAL_TIME : approvalTime;
    pausedTime = pausedTime == null ? DEFAULT_PAUSED_TIME : pausedTime;
    // Read here, so that a bad one fails CheckWorker and not a review that is half paid for.
    followUps.forEach(FollowUpCondition::parse);
    if (verifyWhen != null) {
      FollowUpCondition.parse(verifyWhen);
    }
    if (!(budgetUsd > 0) || turns < 1 || time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(
          "plan " + name + " has limits that let nothing run: budget, turns and time must be > 0");
    }
  }

  /** Whether these findings are to be tried. */
  public boolean verifies(SeverityCounts findings) {
    return verifyWhen != null && FollowUpCondition.parse(verifyWhen).holds(findings);
  }

  /** Whether a person must approve this follow-up, counted from 0. */
  public boolean needsApproval(int followUp) {
    return followUp < approvals.size() && approvals.get(followUp);
  }
}
