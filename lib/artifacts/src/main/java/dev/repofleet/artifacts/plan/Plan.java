package dev.repofleet.artifacts.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.Parts;
import dev.repofleet.artifacts.finding.AnswerSchema;
import dev.repofleet.artifacts.finding.Severity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of every repository of a batch, with every default filled in: {@code plan.json}.
 *
 * <p>The starter makes it from a person's plan file and writes it once; workers only read it. It is
 * not the plan file itself, whose unknown keys are errors.
 *
 * @param name of the plan, such as {@code security}
 * @param prompt of the review
 * @param instructions appended to the agent's system prompt
 * @param systemPrompt in place of the agent's own
 * @param rules the fixed list of rule ids a finding may have
 * @param schema of the structured answer; absent: {@link AnswerSchema} for the rules
 * @param followUps in order
 * @param model the agent's model; absent: the agent's default
 * @param fallbackModels in order
 * @param effort the agent's effort
 * @param limits of one repository
 * @param template of the sandbox
 * @param environment plain variables for the agent, never secrets
 * @param cloneOptions {@code clone} in JSON
 * @param mcp servers of tools for the agent, by name
 * @param secrets names of variables that the agent gets out of the worker's environment; the worker
 *     must allow them
 * @param projectContext text for the agent's own {@code CLAUDE.md}, outside the repository
 * @param trustRepositorySettings whether the repository's own {@code .claude}, {@code .mcp.json}
 *     and {@code CLAUDE.md} are loaded, and its hooks and servers run; default false
 * @param incremental whether only what changed since the last complete result is reviewed; default
 *     false
 * @param verifyFindings the least severity of findings that a session of their own tries to refute;
 *     absent: none are tried
 * @param network what the agent may reach beside its model; absent: {@link NetworkAccess#DEFAULTS}
 * @param verify run on what the agent changed; absent: nothing is
 */
public record Plan(
    String name,
    String prompt,
    @Nullable String instructions,
    @Nullable String systemPrompt,
    List<String> rules,
    @Nullable JsonNode schema,
    List<FollowUp> followUps,
    @Nullable String model,
    List<String> fallbackModels,
    @Nullable String effort,
    PlanLimits limits,
    String template,
    Map<String, String> environment,
    @JsonProperty("clone") CloneOptions cloneOptions,
    Map<String, McpServer> mcp,
    List<String> secrets,
    @Nullable String projectContext,
    boolean trustRepositorySettings,
    boolean incremental,
    @Nullable Severity verifyFindings,
    @Nullable NetworkAccess network,
    @Nullable VerifyCommand verify) {
  /** How many bytes of one are read at most. */
  public static final long MAX_BYTES = 16L << 20;

  /** Default of {@link #template}. */
  public static final String DEFAULT_TEMPLATE = "claude";

  /**
   * Fills in defaults; refuses a plan without name or prompt, a schema that is no object, one
   * beside findings to be verified, and an MCP server that refers to what is no secret of the plan.
   */
  public Plan {
    Parts.text(name, "name of the plan");
    Parts.text(prompt, "prompt of plan " + name);
    rules = Parts.list(rules);
    followUps = Parts.list(followUps);
    fallbackModels = Parts.list(fallbackModels);
    limits = limits == null ? PlanLimits.DEFAULTS : limits;
    template = template == null ? DEFAULT_TEMPLATE : template;
    environment = Parts.map(environment);
    cloneOptions = cloneOptions == null ? CloneOptions.DEFAULTS : cloneOptions;
    mcp = Parts.map(mcp);
    secrets = Parts.list(secrets);
    requireSecrets(name, mcp, secrets);
    schema = schema == null || schema.isNull() ? null : schema.deepCopy();
    if (schema != null && !schema.isObject()) {
      throw new IllegalArgumentException("schema of plan " + name + " is not a JSON object");
    }
    if (schema != null && verifyFindings != null) {
      throw new IllegalArgumentException(
          "plan " + name + " has a schema of its own, so there are no findings to verify");
    }
  }

  private static void requireSecrets(
      String name, Map<String, McpServer> mcp, List<String> secrets) {
    mcp.forEach(
        (server, config) ->
            config
                .references()
                .forEach(
                    reference -> {
                      if (!secrets.contains(reference)) {
                        throw new IllegalArgumentException(
                            "MCP server "
                                + server
                                + " of plan "
                                + name
                                + " refers to ${"
                                + reference
                                + "}, which is none of the plan's secrets");
                      }
                    }));
  }

  /** The same plan, which reviews all of a repository or what changed. */
  public Plan withIncremental(boolean changesAlone) {
    return toBuilder().incremental(changesAlone).build();
  }

  /** A builder for a plan that differs from this one in what is set. */
  public Builder toBuilder() {
    return builder(name, prompt)
        .instructions(instructions)
        .systemPrompt(systemPrompt)
        .rules(rules)
        .schema(schema)
        .followUps(followUps)
        .model(model)
        .fallbackModels(fallbackModels)
        .effort(effort)
        .limits(limits)
        .template(template)
        .environment(environment)
        .cloneOptions(cloneOptions)
        .mcp(mcp)
        .secrets(secrets)
        .projectContext(projectContext)
        .trustRepositorySettings(trustRepositorySettings)
        .incremental(incremental)
        .verifyFindings(verifyFindings)
        .network(network)
        .verify(verify);
  }

  /** A builder for a plan that says nothing but its name and prompt. */
  public static Builder builder(String name, String prompt) {
    return new Builder(name, prompt);
  }

  /** Sets the optional parts one by one; for one thread. */
  public static final class Builder {
    private final String name;
    private String prompt;
    private @Nullable String instructions;
    private @Nullable String systemPrompt;
    private List<String> rules = List.of();
    private @Nullable JsonNode schema;
    private List<FollowUp> followUps = List.of();
    private @Nullable String model;
    private List<String> fallbackModels = List.of();
    private @Nullable String effort;
    private PlanLimits limits = PlanLimits.DEFAULTS;
    private String template = DEFAULT_TEMPLATE;
    private Map<String, String> environment = Map.of();
    private CloneOptions cloneOptions = CloneOptions.DEFAULTS;
    private Map<String, McpServer> mcp = Map.of();
    private List<String> secrets = List.of();
    private @Nullable String projectContext;
    private boolean trustRepositorySettings;
    private boolean incremental;
    private @Nullable Severity verifyFindings;
    private @Nullable NetworkAccess network;
    private @Nullable VerifyCommand verify;

    private Builder(String name, String prompt) {
      this.name = name;
      this.prompt = prompt;
    }

    /** Sets {@link Plan#prompt}. */
    public Builder prompt(String prompt) {
      this.prompt = prompt;
      return this;
    }

    /** Sets {@link Plan#instructions}. */
    public Builder instructions(@Nullable String instructions) {
      this.instructions = instructions;
      return this;
    }

    /** Sets {@link Plan#systemPrompt}. */
    public Builder systemPrompt(@Nullable String systemPrompt) {
      this.systemPrompt = systemPrompt;
      return this;
    }

    /** Sets {@link Plan#rules}. */
    public Builder rules(List<String> rules) {
      this.rules = rules;
      return this;
    }

    /** Sets {@link Plan#schema}. */
    public Builder schema(@Nullable JsonNode schema) {
      this.schema = schema;
      return this;
    }

    /** Sets {@link Plan#followUps}. */
    public Builder followUps(List<FollowUp> followUps) {
      this.followUps = followUps;
      return this;
    }

    /** Sets {@link Plan#model}. */
    public Builder model(@Nullable String model) {
      this.model = model;
      return this;
    }

    /** Sets {@link Plan#fallbackModels}. */
    public Builder fallbackModels(List<String> fallbackModels) {
      this.fallbackModels = fallbackModels;
      return this;
    }

    /** Sets {@link Plan#effort}. */
    public Builder effort(@Nullable String effort) {
      this.effort = effort;
      return this;
    }

    /** Sets {@link Plan#limits}. */
    public Builder limits(PlanLimits limits) {
      this.limits = limits;
      return this;
    }

    /** Sets {@link Plan#template}. */
    public Builder template(String template) {
      this.template = template;
      return this;
    }

    /** Sets {@link Plan#environment}. */
    public Builder environment(Map<String, String> environment) {
      this.environment = environment;
      return this;
    }

    /** Sets {@link Plan#cloneOptions}. */
    public Builder cloneOptions(CloneOptions cloneOptions) {
      this.cloneOptions = cloneOptions;
      return this;
    }

    /** Sets {@link Plan#mcp}. */
    public Builder mcp(Map<String, McpServer> mcp) {
      this.mcp = mcp;
      return this;
    }

    /** Sets {@link Plan#secrets}. */
    public Builder secrets(List<String> secrets) {
      this.secrets = secrets;
      return this;
    }

    /** Sets {@link Plan#projectContext}. */
    public Builder projectContext(@Nullable String projectContext) {
      this.projectContext = projectContext;
      return this;
    }

    /** Sets {@link Plan#trustRepositorySettings}. */
    public Builder trustRepositorySettings(boolean trustRepositorySettings) {
      this.trustRepositorySettings = trustRepositorySettings;
      return this;
    }

    /** Sets {@link Plan#incremental}. */
    public Builder incremental(boolean incremental) {
      this.incremental = incremental;
      return this;
    }

    /** Sets {@link Plan#verifyFindings}. */
    public Builder verifyFindings(@Nullable Severity verifyFindings) {
      this.verifyFindings = verifyFindings;
      return this;
    }

    /** Sets {@link Plan#network}. */
    public Builder network(@Nullable NetworkAccess network) {
      this.network = network;
      return this;
    }

    /** Sets {@link Plan#verify}. */
    public Builder verify(@Nullable VerifyCommand verify) {
      this.verify = verify;
      return this;
    }

    /** The plan, checked. */
    public Plan build() {
      return new Plan(
          name,
          prompt,
          instructions,
          systemPrompt,
          rules,
          schema,
          followUps,
          model,
          fallbackModels,
          effort,
          limits,
          template,
          environment,
          cloneOptions,
          mcp,
          secrets,
          projectContext,
          trustRepositorySettings,
          incremental,
          verifyFindings,
          network,
          verify);
    }
  }
}
