package dev.repofleet.worker.sandbox;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.FailureMapper;
import dev.repofleet.worker.PlanSource;
import dev.repofleet.worker.ShippedFiles;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.PrepareInput;
import java.time.Duration;

/** Puts into a fresh sandbox what a run needs. Thread-safe; repeating it changes nothing. */
public final class SandboxPreparation {
  private static final Duration QUICK = Duration.ofSeconds(60);

  /**
   * The state folder is the agent's to neither read nor write. The fence comes last: without it no
   * start is let through, so a half-prepared sandbox runs nothing.
   */
  private static final String PLACE =
      """
      set -eu
      umask 077
      chmod 700 "$STATE/run.sh"
      printf '%s' "$BASE" >"$STATE/base"
      printf '%s' "$FENCE" >"$STATE/fence.tmp"
      mv "$STATE/fence.tmp" "$STATE/fence"
      """;

  private static final String OPEN =
      """
      set -eu
      umask 077
      mkdir -p "$STATE/turns" "$STATE/runs"
      chmod 700 "$STATE"
      """;

  private final PlanSource plans;

  /** Prepares for plans of {@code plans}. */
  public SandboxPreparation(PlanSource plans) {
    this.plans = plans;
  }

  /**
   * Prepares, and asks the agent for its version.
   *
   * @return the agent's version, one line
   */
  String prepare(Sandbox sandbox, PrepareInput input) {
    Sandbox root = sandbox.withUser(SandboxLayout.ROOT);
    require(root, Command.builder("/bin/sh", "-c", OPEN).env("STATE", SandboxLayout.STATE));
    root.files().write(SandboxLayout.RUN_SCRIPT, ShippedFiles.RUN_SCRIPT.bytes());
    PlanFiles.place(sandbox, plans.read(input.plan()));
    String base = input.generation() + " " + input.turn() + " " + input.incarnation();
    require(
        root,
        Command.builder("/bin/sh", "-c", PLACE)
            .env("STATE", SandboxLayout.STATE)
            .env("BASE", base)
            .env("FENCE", input.fence()));
    Sandbox agent = sandbox.withUser(SandboxLayout.AGENT_USER);
    if (input.agent() == AgentKind.REHEARSAL) {
      agent.files().write(SandboxLayout.REHEARSAL_AGENT, ShippedFiles.REHEARSAL_AGENT.bytes());
      return version(
          agent, Command.builder("python3", SandboxLayout.REHEARSAL_AGENT, "--version"), input);
    }
    return version(agent, Command.builder("claude", "--version"), input);
  }

  private static void require(Sandbox sandbox, Command.Builder command) {
    CommandResult result = sandbox.commands().run(command.timeout(QUICK).build());
    if (result.exitCode() != 0) {
      throw FailureMapper.passing(
          Cause.INTERNAL,
          "sandbox " + sandbox.sandboxId() + " can't be prepared: " + result.stderr().strip(),
          null);
    }
  }

  private static String version(Sandbox agent, Command.Builder command, PrepareInput input) {
    CommandResult result = agent.commands().run(command.timeout(QUICK).build());
    if (result.exitCode() != 0) {
      throw FailureMapper.failure(
          Cause.INTERNAL,
          "the agent "
              + input.agent().code()
              + " does not start in the plan's template (exit "
              + result.exitCode()
              + "): take a template that has it, such as `claude`. "
              + result.stderr().strip(),
          null);
    }
    return result.stdout().strip().lines().findFirst().orElse("unknown");
  }
}
