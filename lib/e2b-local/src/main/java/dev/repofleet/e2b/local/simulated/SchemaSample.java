package dev.repofleet.e2b.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The smallest value that meets a JSON Schema of the simple kind: objects, arrays, texts, numbers,
 * with {@code required}, {@code enum}, {@code minimum}, {@code minItems} and {@code minLength}.
 * Stateless.
 */
final class SchemaSample {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String TEXT = "simulated";

  private SchemaSample() {}

  static JsonNode of(JsonNode schema) {
    if (schema.path("enum").size() > 0) {
      return schema.path("enum").get(0);
    }
    if (schema.has("const")) {
      return schema.get("const");
    }
    JsonNode type = schema.path("type");
    String name = type.isArray() && !type.isEmpty() ? type.get(0).asText() : type.asText();
    return switch (name) {
      case "array" -> array(schema);
      case "string" -> JSON.textNode(text(schema.path("minLength").asInt()));
      case "integer" -> JSON.numberNode(schema.path("minimum").asLong());
      case "number" -> JSON.numberNode(schema.path("minimum").asDouble());
      case "boolean" -> JSON.booleanNode(false);
      case "null" -> JSON.nullNode();
      default -> object(schema);
    };
  }

  private static ObjectNode object(JsonNode schema) {
    ObjectNode object = JSON.objectNode();
    for (JsonNode name : schema.path("required")) {
      object.set(name.asText(), of(schema.path("properties").path(name.asText())));
    }
    return object;
  }

  private static ArrayNode array(JsonNode schema) {
    ArrayNode array = JSON.arrayNode();
    for (int index = 0; index < schema.path("minItems").asInt(); index++) {
      array.add(of(schema.path("items")));
    }
    return array;
  }

  private static String text(int length) {
    return length <= TEXT.length() ? TEXT : TEXT + ".".repeat(length - TEXT.length());
  }
}
