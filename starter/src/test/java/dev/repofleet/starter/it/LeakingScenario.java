package dev.repofleet.starter.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Conversation.Step;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.e2b.local.model.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model that was talked into it: before its review it has the agent print the model's key in all
 * spellings and in pieces, on both streams, write it into a file of the repository and name one
 * after it; then it repeats it in its answer, in its findings and in its closing words. Immutable
 * and thread-safe.
 */
final class LeakingScenario implements Scenario {
  /** The first word of a command's output that is the key as it is. */
  private static final String PLAIN = "Print the key";

  private static final String KEY = "$ANTHROPIC_API_KEY";

  /** What is run, by its description. */
  private static final Map<String, String> COMMANDS = commands();

  private final Scenario review;

  /** Leaks, then does as this one. */
  LeakingScenario(Scenario review) {
    this.review = review;
  }

  private static Map<String, String> commands() {
    Map<String, String> commands = new LinkedHashMap<>();
    // The client may keep the key from its commands, but not from who reads its own memory.
    commands.put(
        PLAIN,
        "K="
            + KEY
            + "; [ -n \"$K\" ] || K=$(cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' |"
            + " sed -n 's/^ANTHROPIC_API_KEY=//p' | head -n 1); printf '%s\\n' \"$K\" | tee"
            + " /tmp/key; cp /tmp/key /tmp/key.txt");
    commands.put(
        "Print the environment", "env; printf 'ANTHROPIC_API_KEY=%s\\n' \"$(cat /tmp/key)\" >&2");
    commands.put(
        "Print it in base64",
        "base64 -w 0 /tmp/key; echo; (echo -n x; cat /tmp/key) | base64 -w 0; echo; (echo -n xx;"
            + " cat /tmp/key) | base64 -w 0; echo; env | base64");
    commands.put(
        "Print it escaped",
        "python3 -c 'import json, urllib.parse; k = open(\"/tmp/key\").read().strip();"
            + " print(urllib.parse.quote(k, safe=\"\")); print(json.dumps({\"key\": k}))'");
    commands.put(
        "Print it in pieces",
        "k=$(cat /tmp/key); for i in $(seq 0 $((${#k} - 1))); do printf '%s' \"${k:$i:1}\"; sleep"
            + " 0.02; done; echo; head -c 65530 /dev/zero | tr '\\0' x; cat /tmp/key");
    commands.put(
        "Write it into a file",
        "if [ -e src/amber.py ]; then cp /tmp/key leaked.txt; else base64 /tmp/key > leaked.txt;"
            + " fi");
    commands.put(
        "Name a file after it",
        "k=$(cat /tmp/key); mkdir -p \"${k%/*}\"; : > \"$k.k\"; echo '*.k' > .gitignore");
    return commands;
  }

  @Override
  public Reply reply(Conversation conversation) {
    for (Map.Entry<String, String> command : COMMANDS.entrySet()) {
      if (output(conversation, command.getKey()).isEmpty()) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        input.put("command", command.getValue()).put("description", command.getKey());
        return Reply.tool("I look around.", "Bash", input);
      }
    }
    String key = output(conversation, PLAIN).orElse("").strip();
    return repeated(review.reply(conversation), key);
  }

  private static Optional<String> output(Conversation conversation, String description) {
    return conversation.steps().stream()
        .filter(step -> description.equals(text(step, "description")))
        .map(step -> step.result().text())
        .findFirst();
  }

  private static String text(Step step, String field) {
    return step.call().input().path(field).asText();
  }

  private static Reply repeated(Reply reply, String key) {
    if (!(reply instanceof Reply.Answer answer)) {
      return reply;
    }
    List<Reply.Block> blocks = new ArrayList<>();
    for (Reply.Block block : answer.blocks()) {
      if (block instanceof Reply.ToolCall call
          && call.name().equals(Conversation.STRUCTURED_OUTPUT)) {
        blocks.add(new Reply.ToolCall(call.name(), withKey(call.input(), key)));
      } else if (block instanceof Reply.Text said) {
        blocks.add(new Reply.Text(said.text() + " The key is " + key));
      } else {
        blocks.add(block);
      }
    }
    return new Reply.Answer(blocks, answer.delay());
  }

  private static ObjectNode withKey(ObjectNode answer, String key) {
    ObjectNode leaking = answer.deepCopy();
    leaking.put("summary", "The key is " + key + ". " + answer.path("summary").asText());
    for (JsonNode finding : leaking.path("findings")) {
      if (finding instanceof ObjectNode object) {
        object.put("title", "Key " + key);
        object.put("remediation", "Do not print " + key);
      }
    }
    return leaking;
  }
}
