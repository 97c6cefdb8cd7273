package dev.repofleet.worker.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.AnswerSchema;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.review.VerdictAnswer;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnInput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The command line and the prompt of one agent process. Unless the plan trusts them, the flags keep
 * a hostile repository's own settings, hooks and servers out. A verification gets none of the
 * plan's words, and trusts no repository.
 *
 * @param argv program and arguments
 * @param prompt for its standard input
 */
record AgentCommand(List<String> argv, String prompt) {

  /** What the process finds of its session. */
  enum Session {
    /** None: it opens it and gets the turn's prompt. */
    NEW,
    /** An earlier turn's: it resumes and gets the turn's prompt. */
    RESUMED,
    /** This turn's own, left by a process that was lost: it resumes and is told to go on. */
    INTERRUPTED
  }

  static final String GO_ON =
      "You were interrupted. Go on with the task you were given, from where you stopped.";

  private static final String REPAIR =
      "Your answer did not arrive in the required structure. Give the complete result of your review"
          + " once more, as the structured answer that is asked for. Do not investigate further.";

  /** A verification changes nothing; it has no need of these. */
  private static final String EDITING = "Edit,Write,NotebookEdit";

  static AgentCommand of(TurnInput turn, Plan plan, Session session) {
    List<String> argv = new ArrayList<>(SandboxLayout.program(turn.agent()));
    argv.addAll(
        List.of(
            "-p",
            "--output-format",
            "stream-json",
            "--verbose",
            "--dangerously-skip-permissions",
            session == Session.NEW ? "--session-id" : "--resume",
            turn.sessionId(),
            "--max-turns",
            Integer.toString(turn.turns()),
            "--max-budget-usd",
            String.format(Locale.ROOT, "%.4f", turn.budgetUsd())));
    boolean verifies = turn.prompt() == PromptKind.VERIFY;
    argv.addAll(settings(plan, plan.trustRepositorySettings() && !verifies));
    PlanTexts texts = new PlanTexts(turn);
    if (verifies) {
      argv.addAll(List.of("--disallowedTools", EDITING));
      add(argv, "--json-schema", ArtifactJson.line(VerdictAnswer.schema()));
    } else {
      if (turn.prompt() != PromptKind.FOLLOW_UP) {
        add(argv, "--json-schema", ArtifactJson.line(schema(plan)));
      }
      add(argv, "--system-prompt", texts.filledIfThere(plan.systemPrompt()));
      add(argv, "--append-system-prompt", texts.filledIfThere(plan.instructions()));
    }
    add(argv, "--model", plan.model());
    if (!plan.fallbackModels().isEmpty()) {
      add(argv, "--fallback-model", String.join(",", plan.fallbackModels()));
    }
    add(argv, "--effort", plan.effort());
    return new AgentCommand(
        List.copyOf(argv), session == Session.INTERRUPTED ? GO_ON : prompt(turn, plan, texts));
  }

  /**
   * Observed, version 2.1.197: with the source {@code user} alone no hook, no {@code env} and no
   * {@code CLAUDE.md} of the repository is taken up, and the strict flag leaves the servers of the
   * plan as the only ones. With {@code project,local} all of it is, and its servers start without a
   * question.
   */
  private static List<String> settings(Plan plan, boolean trust) {
    List<String> flags = new ArrayList<>();
    if (trust) {
      flags.addAll(List.of("--setting-sources", "user,project,local"));
    } else {
      flags.addAll(List.of("--setting-sources", "user", "--strict-mcp-config"));
    }
    if (!plan.mcp().isEmpty()) {
      flags.addAll(List.of("--mcp-config", SandboxLayout.MCP_CONFIG));
    }
    return flags;
  }

  /**
   * The agent's schema. Claude Code drops one that names a dialect after draft 7, without a word
   * and with exit code 0 (observed, version 2.1.197); our own check afterwards goes by the whole
   * plan.
   */
  private static JsonNode schema(Plan plan) {
    if (plan.schema() == null) {
      return AnswerSchema.forRules(plan.rules());
    }
    ObjectNode schema = plan.schema().deepCopy();
    schema.remove("$schema");
    return schema;
  }

  private static String prompt(TurnInput turn, Plan plan, PlanTexts texts) {
    if (turn.promptUri() != null) {
      return ""; // It comes from the store.
    }
    return switch (turn.prompt()) {
      case REVIEW -> texts.filled(plan.prompt());
      case REPAIR -> REPAIR;
      case VERIFY -> throw new IllegalArgumentException("a verification of no findings");
      case FOLLOW_UP -> texts.filled(plan.followUps().get(turn.followUp()).prompt());
    };
  }

  private static void add(List<String> argv, String flag, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      argv.add(flag);
      argv.add(value);
    }
  }

  /** The arguments as the run script reads them: each ended by a NUL. */
  byte[] argvFile() {
    return (String.join("\0", argv) + "\0").getBytes(StandardCharsets.UTF_8);
  }
}
