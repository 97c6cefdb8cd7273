package dev.repofleet.worker.secrets;

import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.ReservedVariables;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.activities.agent.PromptKind;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The environment an agent gets: what the worker has of the model's settings, by a fixed list, the
 * plan's plain variables, and the secrets that the plan names and the worker allows. Immutable and
 * thread-safe; never printed.
 */
public final class AgentEnvironment {

  private static final String RETRIES = "CLAUDE_CODE_MAX_RETRIES";

  /**
   * About half a minute of asking again (0.5 s doubling, observed with version 2.1.197): a longer
   * outage is waited for by the workflow, which costs no sandbox.
   */
  private static final String DEFAULT_RETRIES = "6";

  /**
   * What else passes into the sandbox. Not every {@code CLAUDE_CODE_*}: a setting may be a secret.
   */
  private static final List<String> SETTINGS =
      List.of(
          "ANTHROPIC_BASE_URL",
          "ANTHROPIC_MODEL",
          "ANTHROPIC_SMALL_FAST_MODEL",
          "ANTHROPIC_DEFAULT_HAIKU_MODEL",
          "ANTHROPIC_DEFAULT_SONNET_MODEL",
          "ANTHROPIC_DEFAULT_OPUS_MODEL",
          "ANTHROPIC_BEDROCK_BASE_URL",
          "ANTHROPIC_VERTEX_BASE_URL",
          "ANTHROPIC_VERTEX_PROJECT_ID",
          "CLOUD_ML_REGION",
          RETRIES,
          "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
          "HTTPS_PROXY",
          "NO_PROXY");

  /** Only with Bedrock: the worker may have keys of AWS for its artifact store alone. */
  private static final List<String> BEDROCK_SETTINGS =
      List.of(
          "AWS_REGION",
          "AWS_ACCESS_KEY_ID",
          "AWS_SECRET_ACCESS_KEY",
          "AWS_SESSION_TOKEN",
          "AWS_BEARER_TOKEN_BEDROCK");

  private static final String BEDROCK = "CLAUDE_CODE_USE_BEDROCK";

  private static final String DEFAULT_MODEL = "ANTHROPIC_MODEL";

  /**
   * Which model answers, and how much it may say at once; where it is reached is not among them.
   */
  private static final List<String> MODEL_CHOICE =
      List.of(
          DEFAULT_MODEL,
          "ANTHROPIC_SMALL_FAST_MODEL",
          "ANTHROPIC_DEFAULT_HAIKU_MODEL",
          "ANTHROPIC_DEFAULT_SONNET_MODEL",
          "ANTHROPIC_DEFAULT_OPUS_MODEL",
          "CLAUDE_CODE_USE_BEDROCK",
          "CLAUDE_CODE_USE_VERTEX",
          "CLAUDE_CODE_MAX_OUTPUT_TOKENS");

  private static final Map<String, String> ALWAYS =
      Map.of(
          "IS_SANDBOX", "1",
          "DISABLE_AUTOUPDATER", "1",
          "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");

  /**
   * Has the agent wait for its MCP servers before its first turn, each until it answers or has used
   * up its own time ({@code MCP_TIMEOUT}, 30 s where nothing is said). By itself version 2.1.197
   * begins without those that are not there at once, and with the first variable alone without
   * those that take more than five seconds: their tools are then missing for the whole turn. A plan
   * may say otherwise.
   */
  private static final Map<String, String> SERVERS_FIRST =
      Map.of(
          "MCP_CONNECTION_NONBLOCKING",
          "0",
          "MCP_CONNECT_TIMEOUT_MS",
          Long.toString(Duration.ofMinutes(5).toMillis()));

  /**
   * Keeps what earlier sessions and the plan left for the agent to remember out of one that is to
   * know nothing of them ({@code CLAUDE.md} files and the agent's own notes; version 2.1.197).
   */
  private static final Map<String, String> WITHOUT_MEMORY =
      Map.of("CLAUDE_CODE_DISABLE_CLAUDE_MDS", "1", "CLAUDE_CODE_DISABLE_AUTO_MEMORY", "1");

  private final Map<String, String> worker;
  private final PlanSecrets secrets;

  /** Takes from the worker's environment. */
  public AgentEnvironment(Map<String, String> worker) {
    this.worker = Map.copyOf(worker);
    this.secrets = new PlanSecrets(this.worker);
  }

  /** Whether an agent needs a model and has none here. */
  public boolean lacksModel(AgentKind agent) {
    return agent.lacksModel(worker);
  }

  /** Whether agents get the AWS access key that this worker's own requests are signed with. */
  public boolean sharesAwsKey() {
    return present(BEDROCK) && present("AWS_ACCESS_KEY_ID");
  }

  /**
   * Refuses a plan that names a secret which this worker does not allow or does not have, or sets a
   * variable that is the workers' to set.
   *
   * @throws ApplicationFailure of the type {@code plan_invalid}, final, with the way out
   */
  public void require(Plan plan) {
    requirePlain(plan);
    secrets
        .refusal(plan)
        .ifPresent(
            reason -> {
              throw Refusal.PLAN_INVALID.because(
                  "plan " + plan.name() + " can't be used: " + reason);
            });
  }

  /** What the worker's settings say of the model, where the plan leaves it open. No secrets. */
  public Map<String, String> modelSettings(Plan plan) {
    Map<String, String> settings = new TreeMap<>();
    MODEL_CHOICE.stream().filter(this::present).forEach(name -> copy(name, settings));
    if (plan.model() != null) {
      settings.remove(DEFAULT_MODEL);
    }
    return settings;
  }

  /**
   * The variables of one agent; the rehearsal gets nothing of the model's.
   *
   * @throws ApplicationFailure as {@link #require}: another worker may have checked the plan
   */
  public Map<String, String> of(AgentKind agent, Plan plan, PromptKind prompt) {
    require(plan);
    Map<String, String> variables = new HashMap<>(plan.environment());
    variables.putAll(secrets.of(plan));
    variables.putAll(ALWAYS);
    if (prompt == PromptKind.VERIFY) {
      variables.putAll(WITHOUT_MEMORY);
    }
    agent.modelVariables().stream().filter(this::present).forEach(name -> copy(name, variables));
    switch (agent) {
      case CLAUDE -> addSettings(variables);
      case REHEARSAL -> {}
    }
    return variables;
  }

  private void addSettings(Map<String, String> variables) {
    SETTINGS.stream().filter(this::present).forEach(name -> copy(name, variables));
    if (present(BEDROCK)) {
      BEDROCK_SETTINGS.stream().filter(this::present).forEach(name -> copy(name, variables));
    }
    variables.putIfAbsent(RETRIES, DEFAULT_RETRIES);
    SERVERS_FIRST.forEach(variables::putIfAbsent);
  }

  /** Whoever wrote the plan may have used another program than the fleet's own. */
  private static void requirePlain(Plan plan) {
    for (String name : plan.environment().keySet()) {
      if (ReservedVariables.contains(name)) {
        throw Refusal.PLAN_INVALID.because(
            "plan "
                + plan.name()
                + " can't be used: its environment sets "
                + name
                + ", which says where the agent's key goes or what runs before it; set it in the"
                + " template, or for the workers where they pass it on");
      }
    }
  }

  private boolean present(String name) {
    return AgentKind.isSet(name, worker);
  }

  private void copy(String name, Map<String, String> variables) {
    variables.put(name, worker.getOrDefault(name, "").strip());
  }
}
