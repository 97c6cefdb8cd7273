package dev.repofleet.starter.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.CloneOptions;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.NetworkAccess;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.artifacts.plan.ReservedVariables;
import dev.repofleet.artifacts.plan.SecretVariables;
import dev.repofleet.artifacts.plan.VerifyCommand;
import dev.repofleet.starter.command.Amounts;
import dev.repofleet.workflows.order.FollowUpCondition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of one plan; what is absent takes the default of contracts and presets. {@code
 * docs/plan.schema.json} says the same to editors, and a test holds it against this class.
 */
final class PlanReader {
  static final List<String> KEYS =
      List.of(
          "name",
          "prompt",
          "promptFile",
          "instructions",
          "systemPrompt",
          "findings",
          "rules",
          "followUps",
          "verify",
          "model",
          "fallbackModels",
          "effort",
          "limits",
          "template",
          "environment",
          "network",
          "clone",
          "mcp",
          "secrets",
          "projectContext",
          "trustRepositorySettings",
          "incremental",
          "verifyFindings");
  static final List<String> FOLLOW_UP_KEYS = List.of("prompt", "when", "approval");
  static final List<String> LIMIT_KEYS =
      List.of(
          "budgetUsd",
          "turns",
          "time",
          "sandboxTime",
          "repositorySize",
          "output",
          "approvalTime",
          "pausedTime");
  static final List<String> CLONE_KEYS = List.of("depth", "submodules", "lfs");
  static final List<String> VERIFY_KEYS = List.of("command", "time");
  static final List<String> NETWORK_KEYS = List.of("allow", "deny");
  private static final String NOTHING = "none";
  static final List<String> VERIFIED =
      Stream.concat(Stream.of(NOTHING), Arrays.stream(Severity.values()).map(Severity::word))
          .toList();
  static final List<String> EFFORTS = List.of("low", "medium", "high", "xhigh", "max");

  static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,62}");
  static final Pattern RULE = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  static final Pattern TEMPLATE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}");
  static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  /** No account keeps a sandbox longer than this (E2B, professional plan). */
  private static final Duration MAX_SANDBOX_TIME = Duration.ofHours(24);

  /** More than any agent keeps in mind; every turn pays for all of it. */
  private static final int MAX_CONTEXT_BYTES = 256 << 10;

  private final PlanObject root;
  private final Function<String, String> files;

  /**
   * Reads from a document.
   *
   * @param files gives the content of a file that the plan names
   */
  PlanReader(PlanText text, Function<String, String> files) {
    this.root = PlanObject.root(text);
    this.files = files;
  }

  Plan plan(String defaultName) {
    root.allow(KEYS);
    Plan.Builder builder =
        Plan.builder(name(defaultName), prompt())
            .instructions(argument("instructions"))
            .systemPrompt(argument("systemPrompt"))
            .rules(rules())
            .schema(schema())
            .followUps(followUps())
            .verify(verify())
            .model(root.text("model").orElse(null))
            .fallbackModels(root.texts("fallbackModels").orElse(List.of()))
            .effort(effort())
            .environment(environment())
            .mcp(McpServers.read(root, secrets()))
            .secrets(secrets())
            .projectContext(projectContext())
            .trustRepositorySettings(root.truth("trustRepositorySettings").orElse(false))
            .incremental(root.truth("incremental").orElse(false))
            .verifyFindings(verifyFindings());
    root.object("limits").ifPresent(limits -> builder.limits(limits(limits)));
    root.object("clone").ifPresent(clone -> builder.cloneOptions(clone(clone)));
    root.object("network").ifPresent(network -> builder.network(network(network)));
    root.text("template")
        .ifPresent(
            template -> {
              requireForm("template", template, TEMPLATE, "the name or id of an E2B template");
              builder.template(template);
            });
    return builder.build();
  }

  private String name(String defaultName) {
    String name = root.text("name").orElse(defaultName);
    if (root.has("name")) {
      requireForm("name", name, NAME, "letters, digits, spaces, '.', '_' and '-', 63 at the most");
    }
    return NAME.matcher(name).matches() ? name : "plan";
  }

  private void requireForm(String key, String value, Pattern form, String wanted) {
    if (!form.matcher(value).matches()) {
      throw root.error(key, "'" + key + "' must be " + wanted);
    }
  }

  private String prompt() {
    if (root.has("prompt") && root.has("promptFile")) {
      throw root.error("promptFile", "'prompt' and 'promptFile' are both there; keep one");
    }
    if (root.has("promptFile")) {
      String name = root.text("promptFile").orElseThrow();
      String prompt = file("promptFile", name);
      if (prompt.isBlank()) {
        throw root.error("promptFile", "the file of 'promptFile' is empty; write the prompt there");
      }
      requireFacts(root, "promptFile", "'promptFile': " + name, prompt, false);
      return prompt;
    }
    return withFacts(root, "prompt", false).orElseGet(() -> standard().prompt());
  }

  private @Nullable String argument(String key) {
    String text = withFacts(root, key, false).orElse(null);
    if (text != null) {
      requireArgument(key, text);
    }
    return text;
  }

  private void requireArgument(String key, String text) {
    AgentArgument.mistake(text)
        .ifPresent(
            mistake -> {
              throw root.error(key, "'" + key + "' " + mistake);
            });
  }

  private static Optional<String> withFacts(PlanObject object, String key, boolean followUp) {
    Optional<String> text = object.text(key);
    text.ifPresent(there -> requireFacts(object, key, "'" + key + "'", there, followUp));
    return text;
  }

  private static void requireFacts(
      PlanObject object, String key, String what, String text, boolean followUp) {
    FactPlaces.mistake(text, followUp)
        .ifPresent(
            mistake -> {
              throw object.error(key, what + ", " + mistake);
            });
  }

  private static Plan standard() {
    return PlanLoader.preset(PlanLoader.PRESETS.get(0));
  }

  private String file(String key, String name) {
    try {
      return files.apply(name);
    } catch (PlanException e) {
      throw root.error(key, "'" + key + "': " + e.getMessage());
    }
  }

  private List<String> rules() {
    List<String> rules = root.texts("rules").orElseGet(() -> standard().rules());
    for (int i = 0; i < rules.size(); i++) {
      if (!RULE.matcher(rules.get(i)).matches()) {
        throw root.error(
            "rules", i, "a rule id is lower-case letters, digits and dashes, as sql-injection");
      }
    }
    if (rules.isEmpty()) {
      throw root.error("rules", "'rules' is empty; name at least one rule, or drop it");
    }
    return rules;
  }

  private @Nullable JsonNode schema() {
    String findings = root.text("findings").orElse("default");
    if (findings.equals("default")) {
      return null;
    }
    JsonNode schema = SchemaFile.read(findings, file("findings", findings));
    requireArgument("findings", ArtifactJson.line(schema));
    return schema;
  }

  private @Nullable Severity verifyFindings() {
    String word = root.text("verifyFindings").orElse(NOTHING);
    if (!VERIFIED.contains(word)) {
      throw root.error(
          "verifyFindings",
          "'verifyFindings' is the least severity that is verified: one of "
              + String.join(", ", VERIFIED));
    }
    Severity least =
        Arrays.stream(Severity.values())
            .filter(severity -> severity.word().equals(word))
            .findFirst()
            .orElse(null);
    if (least != null && !root.text("findings").orElse("default").equals("default")) {
      throw root.error(
          "verifyFindings",
          "'verifyFindings' needs 'findings: default': in an answer by a schema of the plan's own"
              + " there are no findings to verify; drop one of the two");
    }
    return least;
  }

  private List<FollowUp> followUps() {
    List<FollowUp> followUps = new ArrayList<>();
    for (PlanObject each : root.objects("followUps").orElse(List.of())) {
      each.allow(FOLLOW_UP_KEYS);
      String prompt =
          withFacts(each, "prompt", true)
              .orElseThrow(() -> each.error("a follow-up needs its 'prompt'"));
      String when =
          each.scalar("when", text -> FollowUpCondition.parse(text).toString()).orElse("always");
      followUps.add(new FollowUp(prompt, when, approval(each)));
    }
    return followUps;
  }

  private static Approval approval(PlanObject followUp) {
    String word = followUp.text("approval").orElse(Approval.NONE.word());
    return Arrays.stream(Approval.values())
        .filter(approval -> approval.word().equals(word))
        .findFirst()
        .orElseThrow(
            () -> followUp.error("approval", "'approval' is none or required, not " + word));
  }

  /** The command alone, or with its time. */
  private @Nullable VerifyCommand verify() {
    if (!root.isObject("verify")) {
      return root.text("verify").map(command -> VerifyCommand.of(command, null)).orElse(null);
    }
    PlanObject verify = root.object("verify").orElseThrow();
    verify.allow(VERIFY_KEYS);
    Duration time = verify.scalar("time", Amounts::duration).orElse(VerifyCommand.DEFAULT_TIME);
    if (time.compareTo(MAX_SANDBOX_TIME) > 0) {
      throw verify.error("time", "'time' is above 24h, the most that any E2B account allows");
    }
    return VerifyCommand.of(
        verify.text("command").orElseThrow(() -> verify.error("'verify' needs its 'command'")),
        time);
  }

  /** Names alone: a worker that allows them has the values. */
  private List<String> secrets() {
    List<String> secrets = root.texts("secrets").orElse(List.of());
    for (int i = 0; i < secrets.size(); i++) {
      String name = secrets.get(i);
      if (!VARIABLE.matcher(name).matches()) {
        throw root.error(
            "secrets",
            i,
            "a secret is named by a variable of the workers, as TICKETS_TOKEN; its value is no part"
                + " of a plan");
      }
      if (root.names("environment").orElse(Map.of()).containsKey(name)) {
        throw root.error("secrets", i, "'" + name + "' is in 'environment' too; keep one");
      }
    }
    return secrets;
  }

  private @Nullable String projectContext() {
    String name = root.text("projectContext").orElse(null);
    if (name == null) {
      return null;
    }
    String text = file("projectContext", name);
    if (text.isBlank()) {
      throw root.error(
          "projectContext", "the file of 'projectContext' is empty; write something, or drop it");
    }
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_CONTEXT_BYTES) {
      throw root.error("projectContext", "'projectContext': " + name + " is longer than 256 KiB");
    }
    return text;
  }

  private @Nullable String effort() {
    String effort = root.text("effort").orElse(null);
    if (effort != null && !EFFORTS.contains(effort)) {
      throw root.error("effort", "'effort' is one of " + String.join(", ", EFFORTS));
    }
    return effort;
  }

  private static PlanLimits limits(PlanObject limits) {
    limits.allow(LIMIT_KEYS);
    Duration sandboxTime = limits.scalar("sandboxTime", Amounts::duration).orElse(null);
    if (sandboxTime != null && sandboxTime.compareTo(MAX_SANDBOX_TIME) > 0) {
      throw limits.error(
          "sandboxTime",
          "'sandboxTime' is above 24h, the most that any E2B account allows; write 24h or less");
    }
    return PlanLimits.of(
        limits.amount("budgetUsd").orElse(null),
        limits.count("turns").orElse(null),
        limits.scalar("time", Amounts::duration).orElse(null),
        sandboxTime,
        limits.scalar("repositorySize", Amounts::size).orElse(null),
        limits.scalar("output", Amounts::size).orElse(null),
        limits.scalar("approvalTime", Amounts::duration).orElse(null),
        limits.scalar("pausedTime", Amounts::duration).orElse(null));
  }

  private static CloneOptions clone(PlanObject clone) {
    clone.allow(CLONE_KEYS);
    return new CloneOptions(
        clone.count("depth").orElse(1),
        clone.truth("submodules").orElse(false),
        clone.truth("lfs").orElse(false));
  }

  private static NetworkAccess network(PlanObject network) {
    network.allow(NETWORK_KEYS);
    List<String> deny = network.texts("deny").orElse(NetworkAccess.DEFAULTS.deny());
    requireEach(
        network,
        "deny",
        deny,
        NetworkAccess.ADDRESS,
        "'deny' takes addresses as 10.1.2.3 and blocks as 10.0.0.0/8, no names");
    boolean names = deny.contains(NetworkAccess.EVERYWHERE);
    List<String> allow = network.texts("allow").orElse(List.of());
    requireEach(
        network,
        "allow",
        allow,
        NetworkAccess.DESTINATION,
        "'allow' takes names of hosts as registry.npmjs.org or *.example.org, addresses and"
            + " blocks as 10.0.0.0/8; no port and no path");
    requireEach(
        network,
        "allow",
        allow,
        names ? NetworkAccess.DESTINATION : NetworkAccess.ADDRESS,
        "a name can be allowed only where all else is denied: drop 'deny', or write an address");
    return NetworkAccess.of(allow, deny);
  }

  private static void requireEach(
      PlanObject object, String key, List<String> entries, Pattern form, String mistake) {
    for (int i = 0; i < entries.size(); i++) {
      if (!form.matcher(entries.get(i)).matches()) {
        throw object.error(key, i, mistake);
      }
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = root.names("environment").orElse(Map.of());
    PlanObject object = root.object("environment").orElse(root);
    for (String name : environment.keySet()) {
      if (!VARIABLE.matcher(name).matches()) {
        throw object.error(name, "'" + name + "' can't be the name of a variable");
      }
      // A plan lies readable in the artifact store.
      if (SecretVariables.all().containsKey(name)) {
        throw object.error(
            name,
            "'" + name + "' is a secret and a plan is no place for it; set it for the workers");
      }
      if (ReservedVariables.contains(name)) {
        throw object.error(
            name,
            "'"
                + name
                + "' says where the agent's key goes or what runs before it; set it in the"
                + " template, or for the workers where they pass it on");
      }
    }
    return environment;
  }
}
