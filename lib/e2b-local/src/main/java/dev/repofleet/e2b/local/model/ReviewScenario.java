package dev.repofleet.e2b.local.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.model.Conversation.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A believable review: it lists the files, greps for risky lines, reads some files if asked to, and
 * gives the structured answer with findings out of what the tools really said. A later prompt in
 * the same session gets one real edit at the first finding, then a closing text.
 *
 * <p>Where a review stands is read off the conversation alone (each command is known by its
 * description), so it goes on after a kill where the client's transcript ends, and a command whose
 * result was lost is asked for again. Immutable and thread-safe.
 *
 * <p>Model calls it takes: 3 + extra turns for a review with {@code --json-schema} (the CLI ends
 * the turn itself once the answer is accepted), the same without; 2 for a follow-up without a
 * schema.
 */
public final class ReviewScenario implements Scenario {
  private static final String LIST = "List the tracked files";
  private static final String SEARCH = "Search for risky lines";
  private static final String READ = "Read a part of the code";
  private static final String EDIT = "Mark the first finding";
  private static final Pattern COUNT =
      Pattern.compile("^tracked files: (\\d+)$", Pattern.MULTILINE);

  /** Severe ones first; a real repository may have thousands of matching lines. */
  private static final int MOST_FINDINGS = 12;

  private static final JsonNode ANY = JsonNodeFactory.instance.objectNode();

  private final ReviewOptions options;

  /** A review with the given options. */
  public ReviewScenario(ReviewOptions options) {
    this.options = options;
  }

  @Override
  public Reply reply(Conversation conversation) {
    return next(conversation).after(options.delay());
  }

  private Reply next(Conversation conversation) {
    Progress progress = new Progress(conversation);
    if (progress.reviewed() && progress.prompts() > 1 && !progress.answerIsOwed()) {
      return followUp(conversation, progress);
    }
    if (progress.output(LIST).isEmpty()) {
      return bash(
          "I begin with the list of files.",
          LIST,
          "git ls-files | head -n 300; echo \"tracked files: $(git ls-files | wc -l)\"");
    }
    if (progress.output(SEARCH).isEmpty()) {
      return bash("Now the lines that look risky.", SEARCH, searchCommand());
    }
    if (progress.count(READ) < options.extraTurns()) {
      return bash("I read some of the code.", READ, readCommand(progress));
    }
    return answer(conversation, progress);
  }

  private static String searchCommand() {
    return "git grep -nIE -e "
        + quote(RiskyLine.searchExpression())
        + " -- ':!*.md' ':!*.lock' ':!*.min.js' | cut -c 1-200 | head -n 60; true";
  }

  private String readCommand(Progress progress) {
    List<String> files = progress.files();
    if (files.isEmpty()) {
      return "true";
    }
    Random random = new Random(options.seed() * 1_000_003 + progress.count(READ));
    String file = files.get(random.nextInt(files.size()));
    return "head -n 60 -- " + quote(file) + " | cut -c 1-160";
  }

  private static Reply answer(Conversation conversation, Progress progress) {
    ObjectNode answer = progress.answer();
    int findings = answer.path("findings").size();
    String text = "Review finished with " + findings + " findings (scripted, no model was used).";
    if (conversation.answerSchema().isEmpty()) {
      return Reply.text(text + "\n\n" + answer.toPrettyString());
    }
    return Reply.tool(text, Conversation.STRUCTURED_OUTPUT, answer);
  }

  private static Reply followUp(Conversation conversation, Progress progress) {
    Optional<JsonNode> first = progress.firstFinding();
    boolean edited = conversation.stepsSincePrompt().stream().anyMatch(step -> is(step, EDIT));
    if (!edited && first.isPresent()) {
      return bash("I mark the first finding.", EDIT, editCommand(first.get(), progress));
    }
    if (conversation.answerSchema().isPresent()) {
      return answer(conversation, progress);
    }
    return Reply.text(
        first.isEmpty()
            ? "There is no finding to fix (scripted, no model was used)."
            : "I marked " + first.get().path("path").asText() + " (scripted, no model was used).");
  }

  /** Inserts a comment line once, however often the command runs. */
  private static String editCommand(JsonNode finding, Progress progress) {
    String path = finding.path("path").asText();
    String mark = "repofleet scripted follow-up " + (progress.prompts() - 1);
    String comment = commentStart(path) + " " + mark;
    String file = quote("./" + path);
    return "grep -qF "
        + quote(mark)
        + " "
        + file
        + " || sed -i "
        + quote(finding.path("startLine").asInt() + "i\\" + comment)
        + " "
        + file
        + "; git diff --stat";
  }

  private static String commentStart(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return switch (extension) {
      case "java",
          "js",
          "mjs",
          "ts",
          "tsx",
          "jsx",
          "go",
          "c",
          "h",
          "cc",
          "cpp",
          "rs",
          "kt",
          "php",
          "cs",
          "swift",
          "scala" ->
          "//";
      case "sql", "lua", "hs" -> "--";
      default -> "#";
    };
  }

  private static Reply bash(String text, String description, String command) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    return Reply.tool(text, "Bash", input.put("command", command).put("description", description));
  }

  private static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private static boolean is(Step step, String description) {
    return step.call().tool().equals("Bash")
        && step.call().input().path("description").asText().equals(description)
        && !step.result().failed();
  }

  /** What a conversation says of how far the review is. */
  private record Progress(Conversation conversation) {
    int prompts() {
      return conversation.prompts().size();
    }

    int count(String description) {
      return (int) conversation.steps().stream().filter(step -> is(step, description)).count();
    }

    Optional<String> output(String description) {
      return conversation.steps().stream()
          .filter(step -> is(step, description))
          .map(step -> step.result().text())
          .findFirst();
    }

    /** Whether an answer was given, structured or not. */
    boolean reviewed() {
      return structured()
          || conversation.messages().stream()
              .filter(message -> message.role() == Conversation.Role.ASSISTANT)
              .flatMap(message -> message.texts().stream())
              .anyMatch(text -> text.startsWith("Review finished with"));
    }

    /** Whether a repair asks for the structured answer that the review itself did not give. */
    boolean answerIsOwed() {
      return conversation.answerSchema().isPresent() && !structured();
    }

    /** Out of the answer that was given: a follow-up need not offer the same rules again. */
    Optional<JsonNode> firstFinding() {
      JsonNode given =
          conversation.steps().stream()
              .filter(step -> step.call().tool().equals(Conversation.STRUCTURED_OUTPUT))
              .map(step -> step.call().input())
              .reduce((earlier, later) -> later)
              .orElseGet(this::answer);
      return Optional.ofNullable(given.path("findings").get(0));
    }

    private boolean structured() {
      return conversation.steps().stream()
          .anyMatch(
              step ->
                  step.call().tool().equals(Conversation.STRUCTURED_OUTPUT)
                      && !step.result().failed());
    }

    List<String> files() {
      List<String> files = new ArrayList<>();
      for (String line : output(LIST).orElse("").split("\n", -1)) {
        if (!line.isBlank() && !line.startsWith("tracked files: ") && !line.startsWith("\"")) {
          files.add(line);
        }
      }
      return files;
    }

    List<RiskyLine> riskyLines() {
      JsonNode schema = conversation.answerSchema().orElse(ANY);
      return RiskyLine.parse(output(SEARCH).orElse(""), schema).stream()
          .sorted(Comparator.comparing(line -> !line.isSevere()))
          .limit(MOST_FINDINGS)
          .toList();
    }

    ObjectNode answer() {
      Matcher count = COUNT.matcher(output(LIST).orElse(""));
      int reviewed = count.find() ? Integer.parseInt(count.group(1)) : files().size();
      List<RiskyLine> lines = riskyLines();
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.put(
          "summary",
          "A scripted review, no model was used: it searched "
              + reviewed
              + " tracked files for known patterns and reports "
              + lines.size()
              + " lines.");
      var findings = answer.putArray("findings");
      lines.forEach(line -> findings.add(line.finding()));
      ObjectNode coverage = answer.putObject("coverage").put("filesReviewed", reviewed);
      var exclusions = coverage.putArray("exclusions");
      for (String pattern : List.of("*.md", "*.lock", "*.min.js")) {
        exclusions.addObject().put("pattern", pattern).put("reason", "not searched by the script");
      }
      return answer;
    }
  }
}
