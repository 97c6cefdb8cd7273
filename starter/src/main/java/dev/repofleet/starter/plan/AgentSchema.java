package dev.repofleet.starter.plan;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.starter.command.NearestName;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What of JSON Schema the agent takes. A schema with anything else it drops as a whole, without a
 * word and with exit code 0, so that no structured answer is asked for: each rule here was seen by
 * whether the tool for the answer was offered (Claude Code, version 2.1.197, which compiles by the
 * strict rules of draft 7).
 */
final class AgentSchema {
  private static final List<String> KEYWORDS =
      List.of(
          "$ref",
          "$defs",
          "definitions",
          "$comment",
          "$vocabulary",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "contentMediaType",
          "contentEncoding",
          "contentSchema",
          "nullable",
          "type",
          "const",
          "enum",
          "pattern",
          "minLength",
          "maxLength",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "items",
          "additionalItems",
          "contains",
          "minItems",
          "maxItems",
          "uniqueItems",
          "properties",
          "patternProperties",
          "additionalProperties",
          "propertyNames",
          "required",
          "minProperties",
          "maxProperties",
          "dependencies",
          "if",
          "then",
          "else",
          "allOf",
          "anyOf",
          "oneOf",
          "not");

  /** Keywords whose value is one schema, or a list of them. */
  private static final List<String> SCHEMAS =
      List.of(
          "items",
          "additionalItems",
          "contains",
          "additionalProperties",
          "propertyNames",
          "if",
          "then",
          "else",
          "allOf",
          "anyOf",
          "oneOf",
          "not");

  /** Keywords whose value is schemas by name. */
  private static final List<String> NAMED =
      List.of("properties", "patternProperties", "definitions", "$defs", "dependencies");

  private final String file;
  private final JsonNode root;

  private AgentSchema(String file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  /**
   * Refuses what the agent would drop.
   *
   * @param schema valid by draft 7, without {@code $schema}
   * @throws PlanException that names the keyword and its place
   */
  static void require(String file, JsonNode schema) {
    new AgentSchema(file, schema).check(schema, JsonPointer.empty());
  }

  private void check(JsonNode schema, JsonPointer at) {
    if (!schema.isObject()) {
      return;
    }
    for (Map.Entry<String, JsonNode> entry : schema.properties()) {
      keyword(entry.getKey(), at);
    }
    combinations(schema, at);
    reference(schema, at);
    patterns(schema, at);
    for (String keyword : SCHEMAS) {
      JsonNode value = schema.path(keyword);
      JsonPointer place = at.appendProperty(keyword);
      check(value, place);
      for (int i = 0; value.isArray() && i < value.size(); i++) {
        check(value.get(i), place.appendIndex(i));
      }
    }
    for (String keyword : NAMED) {
      for (Map.Entry<String, JsonNode> entry : schema.path(keyword).properties()) {
        check(entry.getValue(), at.appendProperty(keyword).appendProperty(entry.getKey()));
      }
    }
  }

  private void keyword(String keyword, JsonPointer at) {
    boolean nameOfTheWhole = keyword.equals("$id") && at.matches();
    if (!nameOfTheWhole && !KEYWORDS.contains(keyword)) {
      String hint =
          NearestName.of(keyword, KEYWORDS)
              .map(name -> "did you mean '" + name + "'?")
              .orElse("leave it out, and say it in a 'description'");
      throw error(
          keyword,
          at,
          "is not taken by the agent, which would drop the whole schema without a word: " + hint);
    }
  }

  private void combinations(JsonNode schema, JsonPointer at) {
    if (schema.has("if") && !schema.has("then") && !schema.has("else")) {
      throw error("if", at, "needs 'then' or 'else' beside it");
    }
    for (String branch : List.of("then", "else")) {
      if (schema.has(branch) && !schema.has("if")) {
        throw error(branch, at, "needs 'if' beside it");
      }
    }
    if (schema.has("additionalItems") && !schema.path("items").isArray()) {
      throw error("additionalItems", at, "needs 'items' to be a list");
    }
    if (schema.has("nullable") && !schema.has("type")) {
      throw error("nullable", at, "needs 'type' beside it");
    }
  }

  private void reference(JsonNode schema, JsonPointer at) {
    String reference = schema.path("$ref").asText("#");
    if (!resolves(reference)) {
      throw new PlanException(
          file
              + ": '$ref'"
              + place(at)
              + " refers to "
              + reference
              + ", which is not there: write #/$defs/NAME, and put it under $defs");
    }
  }

  private boolean resolves(String reference) {
    String fragment = reference.substring(1);
    if (fragment.isEmpty()) {
      return true;
    }
    try {
      String plain = URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
      JsonNode target = root.at(JsonPointer.compile(plain));
      return target.isObject() || target.isBoolean();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void patterns(JsonNode schema, JsonPointer at) {
    if (schema.has("pattern")) {
      compiled(schema.path("pattern").asText(), at);
    }
    for (Map.Entry<String, JsonNode> entry : schema.path("patternProperties").properties()) {
      Pattern pattern = compiled(entry.getKey(), at);
      for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
        if (pattern.matcher(property.getKey()).find()) {
          throw error(
              property.getKey(),
              at,
              "matches a pattern of 'patternProperties' too; let only one describe it");
        }
      }
    }
  }

  private Pattern compiled(String pattern, JsonPointer at) {
    try {
      return ScriptPattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new PlanException(
          file
              + ": the pattern \""
              + pattern
              + "\""
              + place(at)
              + " is none the agent can read: "
              + e.getDescription());
    }
  }

  private PlanException error(String keyword, JsonPointer at, String sentence) {
    return new PlanException(file + ": '" + keyword + "'" + place(at) + " " + sentence);
  }

  private static String place(JsonPointer at) {
    return at.matches() ? "" : " at " + at;
  }
}
