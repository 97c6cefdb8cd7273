package dev.repofleet.worker.sandbox;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.workflows.Cause;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/**
 * Puts the files of a plan into a sandbox, as the agent's user and outside the repository: its MCP
 * servers and its project context. Stateless; repeating it changes nothing.
 *
 * <p>The MCP configuration refers to secrets by name. Their values come to the agent by its
 * environment alone, so no file of the sandbox, of a snapshot or of a checkpoint holds them.
 */
final class PlanFiles {
  private static final Duration QUICK = Duration.ofSeconds(60);

  /** Made before it is written, so that no moment sees it with other rights. */
  private static final String PRIVATE_FILE =
      """
      set -eu
      umask 077
      mkdir -p "${FILE%/*}"
      : >"$FILE"
      """;

  private PlanFiles() {}

  /** Writes what the plan has; a plan with neither writes nothing. */
  static void place(Sandbox sandbox, Plan plan) {
    Sandbox agent = sandbox.withUser(SandboxLayout.AGENT_USER);
    if (!plan.mcp().isEmpty()) {
      byte[] config = ArtifactJson.pretty(Map.of("mcpServers", plan.mcp()));
      write(agent, SandboxLayout.MCP_CONFIG, config);
    }
    if (plan.projectContext() != null) {
      write(
          agent,
          SandboxLayout.PROJECT_CONTEXT,
          plan.projectContext().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Beside its place and moved: an attempt that comes late may write what an agent reads. */
  private static void write(Sandbox agent, String file, byte[] content) {
    String beside = file + "." + UUID.randomUUID();
    CommandResult made =
        agent
            .commands()
            .run(
                Command.builder("/bin/sh", "-c", PRIVATE_FILE)
                    .env("FILE", beside)
                    .timeout(QUICK)
                    .build());
    if (made.exitCode() != 0) {
      throw FailureMapper.passing(
          Cause.INTERNAL,
          "the plan's file "
              + file
              + " can't be made in sandbox "
              + agent.sandboxId()
              + ": "
              + made.stderr().strip(),
          null);
    }
    agent.files().write(beside, content);
    agent.files().move(beside, file);
  }
}
