package dev.repofleet.starter.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.render.PlainText;
import java.nio.charset.StandardCharsets;

/** JSON inside a page: nothing in it can end the element it stands in. */
final class EmbeddedJson {
  private EmbeddedJson() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** The data as an element that no browser runs, for the page's script to read. */
  static String element(String id, JsonNode data) {
    return new Markup().open("script", "type", "application/json", "id", id)
        + text(data)
        + new Markup().close("script").line();
  }

  /** The data without signs that begin or end markup, and without invisible characters. */
  static String text(JsonNode data) {
    return PlainText.inJson(ArtifactJson.line(data))
        .replace("<", "\\u003c")
        .replace(">", "\\u003e");
  }

  /** Bytes it takes in a page. */
  static long size(JsonNode data) {
    return text(data).getBytes(StandardCharsets.UTF_8).length;
  }
}
