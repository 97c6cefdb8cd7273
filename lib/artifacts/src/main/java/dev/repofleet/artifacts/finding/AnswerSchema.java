package dev.repofleet.artifacts.finding;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;

/** The JSON Schema of {@link AgentAnswer}, which the agent is held to. */
public final class AnswerSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private AnswerSchema() {}

  /**
   * The schema in which a finding's rule is one of the plan's.
   *
   * @param rules empty: any text
   */
  public static ObjectNode forRules(List<String> rules) {
    ObjectNode coverage =
        object(
            "filesReviewed", whole(0),
            "exclusions", array(object("pattern", text(), "reason", text())));
    return object("summary", text(), "findings", array(finding(rules)), "coverage", coverage);
  }

  private static ObjectNode finding(List<String> rules) {
    ObjectNode properties =
        object(
            "ruleId", rules.isEmpty() ? text() : oneOf(rules),
            "title", text(),
            "severity", oneOf(Arrays.stream(Severity.values()).map(Severity::word).toList()),
            "confidence", oneOf(Arrays.stream(Confidence.values()).map(Confidence::word).toList()),
            "path", text(),
            "startLine", whole(1),
            "endLine", whole(1),
            "summary", text(),
            "evidence", text(),
            "remediation", text(),
            "cwe", array(text()));
    properties.withObject("properties").withObject("path").put("minLength", 1);
    return properties;
  }

  /** Every property is required: a model fills in what it is asked for. */
  private static ObjectNode object(Object... namesAndSchemas) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    var required = schema.putArray("required");
    for (int i = 0; i < namesAndSchemas.length; i += 2) {
      String name = (String) namesAndSchemas[i];
      properties.set(name, (ObjectNode) namesAndSchemas[i + 1]);
      required.add(name);
    }
    return schema.put("additionalProperties", false);
  }

  private static ObjectNode array(ObjectNode items) {
    ObjectNode schema = JSON.objectNode().put("type", "array");
    schema.set("items", items);
    return schema;
  }

  private static ObjectNode text() {
    return JSON.objectNode().put("type", "string");
  }

  private static ObjectNode whole(int minimum) {
    return JSON.objectNode().put("type", "integer").put("minimum", minimum);
  }

  private static ObjectNode oneOf(List<String> words) {
    ObjectNode schema = text();
    words.forEach(schema.putArray("enum")::add);
    return schema;
  }
}
