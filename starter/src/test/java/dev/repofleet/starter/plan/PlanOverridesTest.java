package dev.repofleet.starter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.CloneOptions;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.NetworkAccess;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.artifacts.plan.VerifyCommand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a row says otherwise than the plan of its batch. */
class PlanOverridesTest {
  private static final Plan WHOLE =
      Plan.builder("mine", "Look.")
          .instructions("Be brief.")
          .systemPrompt("You review.")
          .rules(List.of("a", "b"))
          .followUps(List.of(new FollowUp("Fix it.", "always", Approval.NONE)))
          .model("m1")
          .fallbackModels(List.of("m2"))
          .effort("high")
          .template("other")
          .environment(Map.of("A", "1"))
          .cloneOptions(new CloneOptions(5, true, true))
          .secrets(List.of("T"))
          .projectContext("We use Go.")
          .trustRepositorySettings(true)
          .incremental(true)
          .verifyFindings(Severity.HIGH)
          .network(NetworkAccess.of(List.of("example.org"), null))
          .verify(VerifyCommand.of("make test", null))
          .build();

  @Test
  void what_a_row_does_not_name_is_the_plans() {
    assertThat(PlanOverrides.NONE.applyTo(WHOLE)).isEqualTo(WHOLE);
  }

  @Test
  void what_a_row_names_is_the_rows_and_nothing_else_changes() {
    Plan changed =
        PlanOverrides.of(
                Map.of(
                    "prompt", "Look here.",
                    "instructions", "Be long.",
                    "model", "m3",
                    "effort", "low",
                    "budgetUsd", "0.50",
                    "turns", "3",
                    "time", "90s"))
            .applyTo(WHOLE);
    PlanLimits limits = WHOLE.limits();
    assertThat(changed)
        .isEqualTo(
            WHOLE.toBuilder()
                .prompt("Look here.")
                .instructions("Be long.")
                .model("m3")
                .effort("low")
                .limits(
                    PlanLimits.of(
                        0.5,
                        3,
                        Duration.ofSeconds(90),
                        limits.sandboxTime(),
                        limits.repositorySizeBytes(),
                        limits.outputBytes(),
                        limits.approvalTime(),
                        limits.pausedTime()))
                .build());
  }
}
