package dev.repofleet.e2b.local.simulated;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Speaks as Claude Code and the rehearsal agent do with {@code --output-format stream-json}: an
 * init line, messages over time, a result with a structured answer where a schema is given, and a
 * session transcript. It uses no model and reads no file; all it says is that it is simulated.
 * Stateless.
 */
final class SimulatedAgent implements SimulatedProgram {
  private static final String VERSION = "0.0.0 (simulated)";
  private static final String MODEL = "simulated";
  private static final int INPUT_TOKENS = 100;
  private static final int OUTPUT_TOKENS = 50;
  private static final double COST_USD = 0.001;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final AgentScript standard;
  private final SortedMap<String, String> files;

  SimulatedAgent(AgentScript standard, SimulatedRepository repository) {
    this.standard = standard;
    this.files = repository.files();
  }

  @Override
  public void start(SimulatedProcess process) {
    if (process.arguments().contains("--version")) {
      process.out(VERSION + "\n");
      process.exit(0);
      return;
    }
    Map<String, String> options = options(process.arguments());
    String session = options.getOrDefault("--resume", options.getOrDefault("--session-id", ""));
    if (session.isEmpty()) {
      process.fail(1, "the simulated agent needs --session-id or --resume");
      return;
    }
    boolean known = process.files().exists(transcript(process, session));
    if (options.containsKey("--resume") && !known) {
      process.fail(1, "No conversation found with session ID: " + session);
    } else if (!options.containsKey("--resume") && known) {
      process.fail(1, "Error: Session ID " + session + " is already in use.");
    } else {
      begin(process, session, options.getOrDefault("--json-schema", ""));
    }
  }

  private void begin(SimulatedProcess process, String session, String schema) {
    try {
      JsonNode answer = schema.isEmpty() ? null : JSON.readTree(schema);
      AgentScript script = standard.askedFor(process.environment());
      new Turn(process, session, script, answer == null ? null : answer(answer, script)).begin();
    } catch (JsonProcessingException malformed) {
      process.fail(1, "--json-schema is no JSON");
    } catch (IllegalArgumentException wrong) {
      process.fail(1, "the simulated agent can't do that: " + wrong.getMessage());
    }
  }

  /** Meets the schema; with findings about lines there are, where it has a place for them. */
  private JsonNode answer(JsonNode schema, AgentScript script) {
    JsonNode answer = SchemaSample.of(schema);
    JsonNode items = schema.path("properties").path("findings").path("items");
    if (answer instanceof ObjectNode object && items.path("properties").has("path")) {
      var findings = object.putArray("findings");
      List<String> paths = List.copyOf(files.keySet());
      for (int index = 0; index < script.findings(); index++) {
        ObjectNode finding = findings.addObject();
        finding.setAll((ObjectNode) SchemaSample.of(items));
        finding.put("path", paths.get(index % paths.size()));
        finding.put("title", "Simulated finding " + (index + 1));
      }
    }
    return answer;
  }

  /** Flags with their values; a flag without one is passed over. */
  private static Map<String, String> options(List<String> arguments) {
    Map<String, String> options = new HashMap<>();
    for (int index = 0; index + 1 < arguments.size(); index++) {
      if (arguments.get(index).startsWith("--") && !arguments.get(index + 1).startsWith("--")) {
        options.put(arguments.get(index), arguments.get(index + 1));
      }
    }
    return options;
  }

  /** Where Claude Code keeps it (observed, version 2.1.197). */
  private static String transcript(SimulatedProcess process, String session) {
    String slug = process.directory().replaceAll("[^A-Za-z0-9]", "-");
    return process.variable("HOME") + "/.claude/projects/" + slug + "/" + session + ".jsonl";
  }

  /** One process's work, from its first line to its last. */
  private static final class Turn {
    private final SimulatedProcess process;
    private final String session;
    private final AgentScript script;
    private final @org.jspecify.annotations.Nullable JsonNode answer;
    private final String transcript;
    private int said;

    Turn(
        SimulatedProcess process,
        String session,
        AgentScript script,
        @org.jspecify.annotations.Nullable JsonNode answer) {
      this.process = process;
      this.session = session;
      this.script = script;
      this.answer = answer;
      this.transcript = transcript(process, session);
    }

    void begin() {
      ObjectNode init = line("system").put("subtype", "init").put("model", MODEL);
      say(init.put("cwd", process.directory()).put("claude_code_version", VERSION));
      ObjectNode prompt = line("user");
      prompt.putObject("message").put("role", "user").put("content", process.standardInput());
      keep(prompt);
      process.after(pause(), this::step);
    }

    private Duration pause() {
      return script.duration().dividedBy(script.messages() + 1L);
    }

    private void step() {
      if (said == script.messages()) {
        finish();
        return;
      }
      said++;
      ObjectNode line = line("assistant");
      ObjectNode message = line.putObject("message");
      message.put("id", "msg_simulated_" + process.pid() + "_" + said).put("type", "message");
      message.put("role", "assistant").put("model", MODEL);
      ObjectNode part = message.putArray("content").addObject().put("type", "text");
      part.put(
          "text",
          "simulated ".repeat(script.messageBytes() / 10 + 1).substring(0, script.messageBytes()));
      message.set("usage", usage(1));
      say(line);
      keep(line);
      process.after(pause(), this::step);
    }

    private void finish() {
      ObjectNode result = line("result").put("subtype", "success").put("is_error", false);
      result.put("duration_ms", script.duration().toMillis()).put("num_turns", said + 1);
      result.put("result", "A simulated result: no model was asked.");
      result.put("stop_reason", "end_turn").put("total_cost_usd", COST_USD * said);
      result.set("usage", usage(said));
      if (answer != null) {
        result.set("structured_output", answer);
      }
      say(result);
      process.exit(0);
    }

    private static ObjectNode usage(int messages) {
      ObjectNode usage = NODES.objectNode();
      usage.put("input_tokens", INPUT_TOKENS * messages).put("cache_creation_input_tokens", 0);
      return usage.put("cache_read_input_tokens", 0).put("output_tokens", OUTPUT_TOKENS * messages);
    }

    private ObjectNode line(String type) {
      return NODES.objectNode().put("type", type).put("session_id", session);
    }

    private void say(ObjectNode line) {
      process.out(line + "\n");
    }

    private void keep(ObjectNode line) {
      process.files().append(transcript, SimulatedRepository.bytes(line + "\n"), process.user());
    }
  }
}
