package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.workflows.AgentKind;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LocalSandboxRulesTest {
  private static final Isolation WORKING =
      new Isolation(Isolation.Kind.BUBBLEWRAP_TWO_USERS, "isolated");
  private static final Isolation MISSING =
      new Isolation(Isolation.Kind.UNAVAILABLE, "bwrap is not installed.");
  private static final Optional<AgentKind> CLAUDE = Optional.of(AgentKind.CLAUDE);
  private static final Optional<AgentKind> REHEARSAL = Optional.of(AgentKind.REHEARSAL);

  @Test
  void aRealAgentRunsInsideBubblewrap() {
    LocalSandboxRules rules = LocalSandboxRules.decide(CLAUDE, false, WORKING, true);

    assertThat(rules.isolation()).isEqualTo(WORKING);
    assertThat(rules.realAgent()).isTrue();
    assertThat(rules.remarks()).isEmpty();
  }

  @Test
  void aRealAgentIsRefusedWithoutBubblewrap() {
    assertThatThrownBy(() -> LocalSandboxRules.decide(CLAUDE, false, MISSING, true))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(2))
        .hasMessageContaining("apt-get install bubblewrap")
        .hasMessageContaining("--i-accept-local-risk");
  }

  @Test
  void aPersonMayAcceptTheRiskAndIsTold() {
    LocalSandboxRules rules = LocalSandboxRules.decide(CLAUDE, true, MISSING, true);

    assertThat(rules.isolation().kind()).isEqualTo(Isolation.Kind.PLAIN);
    assertThat(rules.realAgent()).isTrue();
    assertThat(rules.remarks()).singleElement().asString().contains("no isolation at all");
  }

  @Test
  void aMissingClaudeCodeIsNamedWithTheCommandThatInstallsIt() {
    assertThatThrownBy(() -> LocalSandboxRules.decide(CLAUDE, true, WORKING, false))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(5))
        .hasMessageContaining("npm install -g @anthropic-ai/claude-code");
  }

  @Test
  void theRehearsalRunsInPlainProcessesAndThatIsSaid() {
    LocalSandboxRules rules = LocalSandboxRules.decide(REHEARSAL, false, MISSING, false);

    assertThat(rules.isolation().kind()).isEqualTo(Isolation.Kind.PLAIN);
    assertThat(rules.realAgent()).isFalse();
    assertThat(rules.remarks()).singleElement().asString().contains("bwrap is not installed.");
  }

  @Test
  void aStackForAnyAgentGivesNoModelToUnisolatedSandboxes() {
    LocalSandboxRules rules = LocalSandboxRules.decide(Optional.empty(), false, MISSING, true);

    assertThat(rules.realAgent()).isFalse();
    assertThat(rules.remarks()).hasSize(2).last().asString().contains("Only the rehearsal");
  }
}
