package dev.repofleet.e2b.local.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line that the scripted review found by {@code git grep}, and what it says of it.
 *
 * @param path relative to the repository
 * @param line from 1
 * @param text of the line, shortened by the command
 * @param rule what it breaks
 */
record RiskyLine(String path, int line, String text, Rule rule) {
  private static final Pattern GREP_LINE = Pattern.compile("^([^:]+):(\\d+):(.*)$");

  /** What the script looks for; the first that matches a line names it. */
  enum Rule {
    COMMAND_INJECTION(
        "command-injection",
        "high",
        "CWE-78",
        "shell *= *True|os\\.system *\\(|child_process|Runtime\\.getRuntime|[^a-z.]eval *\\("),
    SQL_INJECTION(
        "sql-injection", "high", "CWE-89", "(execute|query) *\\(.*([+%]|f[\"']|format|\\$\\{)"),
    INSECURE_DESERIALIZATION(
        "insecure-deserialization",
        "high",
        "CWE-502",
        "pickle\\.loads? *\\(|yaml\\.load *\\(|readObject *\\("),
    HARDCODED_SECRET(
        "hardcoded-secret",
        "high",
        "CWE-798",
        "(password|secret|api_?key|token) *[:=] *[\"'][A-Za-z0-9+/_-]{8,}"),
    WEAK_CRYPTO("weak-crypto", "medium", "CWE-327", "md5|sha1|DES/|\\bRC4\\b");

    private final String id;
    private final String severity;
    private final String cwe;
    private final String expression;
    private final Pattern pattern;

    Rule(String id, String severity, String cwe, String expression) {
      this.id = id;
      this.severity = severity;
      this.cwe = cwe;
      this.expression = expression;
      this.pattern = Pattern.compile(expression);
    }
  }

  /** One extended regular expression, for {@code git grep -E}, of all rules. */
  static String searchExpression() {
    List<String> all = new ArrayList<>();
    for (Rule rule : Rule.values()) {
      all.add(rule.expression);
    }
    return String.join("|", all);
  }

  /** The lines of a grep's output that break one of the rules the answer may name. */
  static List<RiskyLine> parse(String output, JsonNode answerSchema) {
    JsonNode allowed = answerSchema.at("/properties/findings/items/properties/ruleId/enum");
    List<RiskyLine> found = new ArrayList<>();
    for (String line : output.split("\n", -1)) {
      Matcher matcher = GREP_LINE.matcher(line);
      if (matcher.matches() && matcher.group(2).length() < 9) {
        String text = matcher.group(3);
        ruleFor(text, allowed)
            .ifPresent(
                rule ->
                    found.add(
                        new RiskyLine(
                            matcher.group(1), Integer.parseInt(matcher.group(2)), text, rule)));
      }
    }
    return found;
  }

  boolean isSevere() {
    return rule.severity.equals("high");
  }

  /** The finding in the shape of the default answer. */
  ObjectNode finding() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("ruleId", rule.id)
            .put("title", "Possible " + rule.id.replace('-', ' '))
            .put("severity", rule.severity)
            .put("confidence", "low")
            .put("path", path)
            .put("startLine", line)
            .put("endLine", line)
            .put("summary", "The scripted review matched this line by a pattern; no model read it.")
            .put("evidence", text.strip())
            .put("remediation", "Look at the line; keep untrusted input out of it.");
    node.putArray("cwe").add(rule.cwe);
    return node;
  }

  private static Optional<Rule> ruleFor(String text, JsonNode allowed) {
    for (Rule rule : Rule.values()) {
      if (rule.pattern.matcher(text).find() && isAllowed(rule, allowed)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  private static boolean isAllowed(Rule rule, JsonNode allowed) {
    if (!allowed.isArray()) {
      return true;
    }
    for (JsonNode id : allowed) {
      if (id.asText().equals(rule.id)) {
        return true;
      }
    }
    return false;
  }
}
