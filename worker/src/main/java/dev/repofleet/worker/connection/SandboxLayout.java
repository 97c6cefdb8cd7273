package dev.repofleet.worker.connection;

import dev.repofleet.workflows.AgentKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where things are in every sandbox. */
public final class SandboxLayout {
  /** The user the agent runs as; E2B's default one. */
  public static final String AGENT_USER = "user";

  /** Who owns the run's state. */
  public static final String ROOT = "root";

  /** The agent's home. */
  public static final String HOME = "/home/user";

  /** The repository's working tree. */
  public static final String REPOSITORY = HOME + "/repo";

  /** State of the runs, closed to the agent. */
  public static final String STATE = "/var/lib/repofleet";

  /** The run script. */
  public static final String RUN_SCRIPT = STATE + "/run.sh";

  /** The rehearsal agent, where the agent's user can read it. */
  public static final String REHEARSAL_AGENT = HOME + "/.repofleet/rehearsal_agent.py";

  /** The plan's MCP servers, for the agent's user alone to read. */
  public static final String MCP_CONFIG = HOME + "/.repofleet/mcp.json";

  /** The agent's own instructions, read whatever the repository brings. */
  public static final String PROJECT_CONTEXT = HOME + "/.claude/CLAUDE.md";

  private SandboxLayout() {}

  /**
   * What starts an agent, before its own arguments. The rehearsal takes nothing of what the sandbox
   * has made of its Python, whose packages would take longer to load than the agent.
   */
  public static List<String> program(AgentKind agent) {
    return switch (agent) {
      case CLAUDE -> List.of("claude");
      case REHEARSAL -> List.of("python3", "-IS", REHEARSAL_AGENT);
    };
  }

  /** The folder the agent works in: the repository or the part of it that is reviewed. */
  public static String workingDirectory(@Nullable String subpath) {
    return subpath == null ? REPOSITORY : REPOSITORY + "/" + subpath;
  }

  /**
   * The session's transcript, where Claude Code keeps it: the working directory with every
   * character outside {@code [A-Za-z0-9]} turned to {@code -} (observed, version 2.1.197).
   */
  public static String transcript(@Nullable String subpath, String sessionId) {
    String slug = workingDirectory(subpath).replaceAll("[^A-Za-z0-9]", "-");
    return HOME + "/.claude/projects/" + slug + "/" + sessionId + ".jsonl";
  }
}
