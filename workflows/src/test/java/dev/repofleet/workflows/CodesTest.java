package dev.repofleet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.progress.BatchStatus;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Codes are in histories, files and searches: changing one breaks what was written before. */
class CodesTest {
  @Test
  void ofCausesStayWhatTheyAre() {
    assertThat(Arrays.stream(Cause.values()).map(Cause::code))
        .containsExactly(
            "sandbox_lost",
            "sandbox_quota",
            "sandbox_create_rate",
            "git_auth",
            "git_not_found",
            "git_transient",
            "git_rate_limited",
            "repository_empty",
            "repository_too_large",
            "model_overloaded",
            "model_rate_limited",
            "model_credit",
            "model_auth",
            "budget_exhausted",
            "turns_exhausted",
            "agent_timeout",
            "agent_refused",
            "agent_crashed",
            "schema_invalid",
            "quarantined",
            "follow_up_rejected",
            "approval_timeout",
            "session_expired",
            "not_started",
            "cancelled",
            "sandbox_unreachable",
            "internal");
  }

  @Test
  void ofRefusalsStayWhatTheyAre() {
    assertThat(Arrays.stream(Refusal.values()).map(Refusal::type))
        .containsExactly(
            "plan_invalid",
            "manifest_invalid",
            "batch_exists",
            "batch_deleting",
            "schedule_gone",
            "state_missing",
            "store_mismatch",
            "no_model");
  }

  @Test
  void ofRepositoryStatusesStayWhatTheyAre() {
    assertThat(Arrays.stream(RepositoryStatus.values()).map(RepositoryStatus::code))
        .containsExactly(
            "complete", "partial", "unstructured", "failed", "cancelled", "skipped_unchanged");
  }

  @Test
  void ofBatchStatusesStayWhatTheyAre() {
    assertThat(Arrays.stream(BatchStatus.values()).map(BatchStatus::code))
        .containsExactly(
            "running",
            "complete",
            "finished_with_failures",
            "stopped_budget",
            "cancelled",
            "failed");
  }

  @Test
  void ofStagesStayWhatTheyAre() {
    assertThat(Arrays.stream(Stage.values()).map(Stage::code))
        .containsExactly(
            "queued",
            "resolve",
            "lease",
            "clone",
            "prepare",
            "run",
            "review",
            "approval",
            "follow_up",
            "diff",
            "verify",
            "release",
            "done");
  }

  @ParameterizedTest
  @EnumSource
  void ofCausesAreReadBack(Cause cause) {
    assertThat(Cause.of(cause.code())).isEqualTo(cause);
    assertThat(cause.sentence()).doesNotEndWith(".").isNotBlank();
  }

  @ParameterizedTest
  @EnumSource
  void ofStagesAreReadBack(Stage stage) {
    assertThat(Stage.of(stage.code())).isEqualTo(stage);
  }

  @ParameterizedTest
  @EnumSource
  void ofStatusesAreReadBack(RepositoryStatus status) {
    assertThat(RepositoryStatus.of(status.code())).isEqualTo(status);
  }

  @Test
  void ofACauseFromANewerVersionAreInternal() {
    assertThat(Cause.of("sun_burnt_out")).isEqualTo(Cause.INTERNAL);
    assertThat(Cause.find("sun_burnt_out")).isEmpty();
  }

  @Test
  void ofAnUnknownAgentNameTheAgentsThereAre() {
    assertThat(AgentKind.of("claude")).isEqualTo(AgentKind.CLAUDE);
    assertThatThrownBy(() -> AgentKind.of("codex"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("claude or rehearsal");
  }
}
