package dev.repofleet.e2b.local.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.Awaiting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real CLI on the scripted model: what the fleet's tests and figures stand on. */
class RealClaudeCodeIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCHEMA =
      """
      {"type":"object","additionalProperties":false,
       "required":["summary","findings","coverage"],
       "properties":{
         "summary":{"type":"string"},
         "findings":{"type":"array","items":{"type":"object",
           "required":["ruleId","path","startLine"],
           "properties":{"ruleId":{"type":"string","enum":["sql-injection","weak-crypto"]},
             "path":{"type":"string"},"startLine":{"type":"integer","minimum":1}}}},
         "coverage":{"type":"object"}}}
      """;

  @TempDir private Path temporary;
  private Path claude = Path.of("/");
  private Path repository = Path.of("/");
  private Path home = Path.of("/");
  private final String session = UUID.randomUUID().toString();

  @BeforeEach
  void makeARepository() throws Exception {
    claude = RealClaudeCode.obtain(System.getenv()).orElseGet(RealClaudeCodeIT::missing);
    home = Files.createDirectory(temporary.resolve("home"));
    repository = Files.createDirectory(temporary.resolve("repository"));
    Files.writeString(
        repository.resolve("db.py"),
        """
        import hashlib

        def find(cursor, key):
            cursor.execute("select * from t where id = " + key)
            return hashlib.md5(key).hexdigest()
        """);
    git("init", "-q");
    git("add", ".");
    git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "first");
  }

  @Test
  void reviewsAnswersInTheSchemaAndEditsInTheResumedSession() throws Exception {
    try (ScriptedModel model = ScriptedModel.start(new ReviewScenario(ReviewOptions.DEFAULTS))) {
      JsonNode review = run(model, false, SCHEMA, "Review this repository");
      assertThat(review.path("is_error").asBoolean()).isFalse();
      JsonNode findings = review.at("/structured_output/findings");
      assertThat(findings).hasSize(2);
      assertThat(findings.at("/0/path").asText()).isEqualTo("db.py");
      assertThat(findings.at("/0/startLine").asInt()).isEqualTo(4);
      assertThat(review.path("total_cost_usd").asDouble()).isPositive();
      assertThat(model.ledger().calls(session)).hasSize(3);
      assertSameUsage(model.ledger().totals().usage(), review);

      Usage before = model.ledger().totals().usage();
      JsonNode followUp = run(model, true, null, "Fix the findings of severity high");
      assertThat(followUp.path("is_error").asBoolean()).isFalse();
      assertThat(Files.readAllLines(repository.resolve("db.py")).get(3))
          .isEqualTo("# repofleet scripted follow-up 1");
      assertThat(model.ledger().calls()).hasSize(5).allMatch(RealClaudeCodeIT::isAnswered);
      assertThat(model.ledger().totalsBySession()).containsOnlyKeys(session);
      assertSameUsage(before.plus(usage(followUp)), model.ledger().totals().usage());
    }
  }

  @Test
  void goesOnAfterAKillInMidCallAndTheLedgerShowsTheOneRepeatedCall() throws Exception {
    Scenario review = new ReviewScenario(ReviewOptions.DEFAULTS);
    Scenario slowSecondCall =
        conversation ->
            conversation.prompts().size() == 1 && conversation.steps().size() == 1
                ? review.reply(conversation).after(Duration.ofMinutes(5))
                : review.reply(conversation);
    try (ScriptedModel model = ScriptedModel.start(slowSecondCall)) {
      Process first = start(model, false, SCHEMA, "Review this repository");
      awaitCalls(model, 2);
      awaitTranscript("tool_result");
      first.destroyForcibly().waitFor();
      JsonNode resumed = run(model, true, SCHEMA, "You were interrupted, go on");

      assertThat(resumed.at("/structured_output/findings")).hasSize(2);
      assertThat(model.ledger().calls())
          .extracting(Ledger.Call::outcome)
          .containsExactly(
              Ledger.Outcome.ANSWERED,
              Ledger.Outcome.ABANDONED,
              Ledger.Outcome.ANSWERED,
              Ledger.Outcome.ANSWERED);
    }
  }

  @Test
  void repeatsACallAfterOverloadAndTheLedgerStillAgrees() throws Exception {
    ReviewScenario review = new ReviewScenario(ReviewOptions.DEFAULTS);
    List<String> refused = new ArrayList<>();
    Scenario overloadedOnce =
        conversation -> {
          if (refused.isEmpty()) {
            refused.add("first");
            return new Reply.ApiError(
                529, "overloaded_error", "busy", Duration.ofSeconds(1), Duration.ZERO);
          }
          return review.reply(conversation);
        };
    try (ScriptedModel model = ScriptedModel.start(overloadedOnce)) {
      JsonNode result = run(model, false, SCHEMA, "Review this repository");
      assertThat(result.path("is_error").asBoolean()).isFalse();
      assertThat(model.ledger().totals().calls()).isEqualTo(4);
      assertSameUsage(model.ledger().totals().usage(), result);
    }
  }

  @Test
  void dropsASchemaOfDraft202012WithoutAWord() throws Exception {
    ObjectNode schema = (ObjectNode) JSON.readTree(SCHEMA);
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    try (ScriptedModel model = ScriptedModel.start(new ReviewScenario(ReviewOptions.DEFAULTS))) {
      JsonNode result = run(model, false, schema.toString(), "Review this repository");
      assertThat(result.path("subtype").asText()).isEqualTo("success");
      assertThat(result.has("structured_output")).isFalse();
    }
  }

  private static void assertSameUsage(Usage expected, JsonNode result) {
    assertSameUsage(expected, usage(result));
  }

  private static void assertSameUsage(Usage expected, Usage actual) {
    assertThat(actual).isEqualTo(expected);
  }

  /** Both of the CLI's sums: they must agree with each other too. */
  private static Usage usage(JsonNode result) {
    JsonNode usage = result.path("usage");
    Usage sum =
        new Usage(
            usage.path("input_tokens").asLong(),
            usage.path("cache_creation_input_tokens").asLong(),
            usage.path("cache_read_input_tokens").asLong(),
            usage.path("output_tokens").asLong());
    Usage byModel = Usage.NONE;
    for (JsonNode model : result.path("modelUsage")) {
      byModel =
          byModel.plus(
              new Usage(
                  model.path("inputTokens").asLong(),
                  model.path("cacheCreationInputTokens").asLong(),
                  model.path("cacheReadInputTokens").asLong(),
                  model.path("outputTokens").asLong()));
    }
    assertThat(byModel).isEqualTo(sum);
    return sum;
  }

  private static boolean isAnswered(Ledger.Call call) {
    return call.outcome() == Ledger.Outcome.ANSWERED;
  }

  private JsonNode run(ScriptedModel model, boolean resume, @Nullable String schema, String prompt)
      throws Exception {
    Process process = start(model, resume, schema, prompt);
    try {
      ArrayNode lines = JSON.createArrayNode();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      for (String line : output.split("\n", -1)) {
        if (!line.isBlank()) {
          lines.add(JSON.readTree(line));
        }
      }
      assertThat(process.waitFor(Awaiting.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(lines).as(Files.readString(temporary.resolve("errors"))).isNotEmpty();
      JsonNode last = lines.get(lines.size() - 1);
      assertThat(last.path("type").asText()).isEqualTo("result");
      return last;
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start(ScriptedModel model, boolean resume, @Nullable String schema, String prompt)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(claude.toString()));
    command.addAll(RealClaudeCode.arguments(session, resume, schema));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(repository.toFile())
            .redirectError(temporary.resolve("errors").toFile());
    builder.environment().putAll(RealClaudeCode.environment(model.uri()));
    builder.environment().put("HOME", home.toString());
    Process process = builder.start();
    try (var in = process.getOutputStream()) {
      in.write(prompt.getBytes(StandardCharsets.UTF_8));
    }
    return process;
  }

  private static void awaitCalls(ScriptedModel model, int calls) {
    Awaiting.until(calls + " calls", () -> model.ledger().calls().size() >= calls);
  }

  /** The CLI writes its transcript a little after it acts: killed before, it repeats that too. */
  private void awaitTranscript(String word) {
    String folder = repository.toString().replaceAll("[^A-Za-z0-9]", "-");
    Path transcript = home.resolve(".claude/projects/" + folder + "/" + session + ".jsonl");
    Awaiting.until(
        transcript + " has " + word,
        () -> Files.exists(transcript) && Files.readString(transcript).contains(word));
  }

  private void git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(repository.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  private static Path missing() {
    String reason = "npm and node are not on the PATH: no real Claude Code CLI";
    return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
  }
}
