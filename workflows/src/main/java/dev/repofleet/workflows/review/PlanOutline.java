package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

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
 */
@Payload
public record PlanOutline(
    String name,
    String template,
    double budgetUsd,
    int turns,
    Duration time,
    Duration sandboxTime,
    List<String> followUps) {
  public PlanOutline {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(template, "template");
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(sandboxTime, "sandboxTime");
    followUps = List.copyOf(followUps);
    // Read here, so that a bad one fails CheckWorker and not a review that is half paid for.
    followUps.forEach(FollowUpCondition::parse);
    if (!(budgetUsd > 0) || turns < 1 || time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(
          "plan " + name + " has limits that let nothing run: budget, turns and time must be > 0");
    }
  }
}
