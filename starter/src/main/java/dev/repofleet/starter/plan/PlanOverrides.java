package dev.repofleet.starter.plan;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.starter.command.Amounts;
import dev.repofleet.starter.render.PlainText;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one repository's plan says otherwise than its batch's. Immutable.
 *
 * @param prompt in place of the plan's; absent: the plan's, as for all others
 * @param instructions in place of the plan's
 * @param model in place of the plan's
 * @param effort in place of the plan's
 * @param budgetUsd in place of the plan's limit
 * @param turns in place of the plan's limit
 * @param time in place of the plan's limit
 */
public record PlanOverrides(
    @Nullable String prompt,
    @Nullable String instructions,
    @Nullable String model,
    @Nullable String effort,
    @Nullable Double budgetUsd,
    @Nullable Integer turns,
    @Nullable Duration time) {
  /** The keys of a plan that may differ from row to row, in the order of the record. */
  public static final List<String> KEYS =
      List.of("prompt", "instructions", "model", "effort", "budgetUsd", "turns", "time");

  /** No override. */
  public static final PlanOverrides NONE =
      new PlanOverrides(null, null, null, null, null, null, null);

  /**
   * Reads them as they are typed; a blank text is no override.
   *
   * @param texts by key, one of {@link #KEYS}
   * @throws PlanException with a sentence that names the key
   */
  public static PlanOverrides of(Map<String, String> texts) {
    return new PlanOverrides(
        prompt(texts, "prompt"),
        argument(texts, "instructions"),
        text(texts, "model"),
        effort(texts),
        budget(texts),
        turns(texts),
        time(texts));
  }

  private static @Nullable String text(Map<String, String> texts, String key) {
    String text = texts.getOrDefault(key, "").strip();
    return text.isEmpty() ? null : text;
  }

  private static @Nullable String prompt(Map<String, String> texts, String key) {
    String text = text(texts, key);
    Optional<String> mistake = text == null ? Optional.empty() : FactPlaces.mistake(text, false);
    if (mistake.isPresent()) {
      throw new PlanException("'" + key + "', " + mistake.get());
    }
    return text;
  }

  private static @Nullable String argument(Map<String, String> texts, String key) {
    String text = prompt(texts, key);
    Optional<String> mistake = text == null ? Optional.empty() : AgentArgument.mistake(text);
    if (mistake.isPresent()) {
      throw new PlanException("'" + key + "' " + mistake.get());
    }
    return text;
  }

  private static @Nullable String effort(Map<String, String> texts) {
    String effort = text(texts, "effort");
    if (effort != null && !PlanReader.EFFORTS.contains(effort)) {
      throw new PlanException(
          "'effort' is one of "
              + String.join(", ", PlanReader.EFFORTS)
              + ", not "
              + PlainText.of(effort, 40));
    }
    return effort;
  }

  private static @Nullable Double budget(Map<String, String> texts) {
    String text = text(texts, "budgetUsd");
    if (text == null) {
      return null;
    }
    if (!text.matches("[0-9]{1,7}(\\.[0-9]{1,6})?") || new BigDecimal(text).signum() == 0) {
      throw new PlanException(
          "'budgetUsd' must be an amount above zero such as 2.50, not " + PlainText.of(text, 40));
    }
    return Double.valueOf(text);
  }

  private static @Nullable Integer turns(Map<String, String> texts) {
    String text = text(texts, "turns");
    if (text == null) {
      return null;
    }
    if (!text.matches("[0-9]{1,6}") || Integer.parseInt(text) == 0) {
      throw new PlanException(
          "'turns' must be a whole number above zero, not " + PlainText.of(text, 40));
    }
    return Integer.valueOf(text);
  }

  private static @Nullable Duration time(Map<String, String> texts) {
    String text = text(texts, "time");
    try {
      return text == null ? null : Amounts.duration(text);
    } catch (IllegalArgumentException e) {
      throw new PlanException("'time': " + PlainText.of(e.getMessage(), 100));
    }
  }

  /** The same set gives the same text: part of a target's key. Empty when there is none. */
  public String canonical() {
    return equals(NONE) ? "" : ArtifactJson.canonical(this);
  }

  /** A batch's plan with these in place of its own words, whole. */
  public Plan applyTo(Plan plan) {
    PlanLimits limits = plan.limits();
    return plan.toBuilder()
        .prompt(prompt == null ? plan.prompt() : prompt)
        .instructions(instructions == null ? plan.instructions() : instructions)
        .model(model == null ? plan.model() : model)
        .effort(effort == null ? plan.effort() : effort)
        .limits(
            PlanLimits.of(
                budgetUsd == null ? limits.budgetUsd() : budgetUsd,
                turns == null ? limits.turns() : turns,
                time == null ? limits.time() : time,
                limits.sandboxTime(),
                limits.repositorySizeBytes(),
                limits.outputBytes(),
                limits.approvalTime(),
                limits.pausedTime()))
        .build();
  }
}
