package dev.repofleet.starter.embedded;

import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.workflows.AgentKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which agents may run in this machine's sandboxes, and how those are kept apart. The rule: a real
 * agent runs inside working bubblewrap, or where a person accepted the risk; the rehearsal agent
 * obeys a fixed list of rules and may run anywhere.
 *
 * @param isolation of the sandboxes; never unavailable
 * @param realAgent whether the worker may have a model here
 * @param remarks sentences a person must see
 */
record LocalSandboxRules(Isolation isolation, boolean realAgent, List<String> remarks) {
  private static final String NO_CLAUDE =
      "Claude Code is not installed here: npm install -g @anthropic-ai/claude-code,"
          + " or set REPOFLEET_CLAUDE to its program";

  LocalSandboxRules {
    remarks = List.copyOf(remarks);
  }

  /**
   * Decides.
   *
   * @param agent empty when it is not known yet
   * @param detected what {@link Isolation#detect()} found
   * @param claudeInstalled whether there is a Claude Code for the sandboxes
   * @throws CommandException with exit code 5 when Claude Code is asked for and missing, with 2
   *     when it would run without isolation
   */
  static LocalSandboxRules decide(
      Optional<AgentKind> agent,
      boolean acceptLocalRisk,
      Isolation detected,
      boolean claudeInstalled) {
    boolean realAsked = agent.filter(AgentKind::usesModel).isPresent();
    if (realAsked && !claudeInstalled) {
      throw CommandException.unreachable(NO_CLAUDE + "; or rehearse with --agent rehearsal", null);
    }
    if (realAsked && !detected.isolated() && !acceptLocalRisk) {
      throw CommandException.wrongUse(
          "a real agent runs only inside working bubblewrap on this machine. "
              + detected.reason()
              + " On Debian: apt-get install bubblewrap. Or say --i-accept-local-risk, or set"
              + " E2B_API_KEY, or rehearse with --agent rehearsal");
    }
    List<String> remarks = new ArrayList<>();
    if (!detected.isolated()) {
      remarks.add(
          "Sandboxes are plain processes here, with no isolation at all: " + detected.reason());
    }
    boolean realAgent = claudeInstalled && (detected.isolated() || acceptLocalRisk);
    if (agent.isEmpty() && !realAgent) {
      remarks.add(
          "Only the rehearsal agent runs here: "
              + (claudeInstalled ? "a real agent needs bubblewrap" : NO_CLAUDE));
    }
    return new LocalSandboxRules(
        detected.isolated() ? detected : Isolation.plain(), realAgent, remarks);
  }
}
