package dev.repofleet.worker.agent;

import static java.util.Comparator.reverseOrder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a long event line short enough to be looked at, and leaves it JSON: long texts in it are
 * cut, then its largest parts left out; a line that is no JSON object is told by its length alone.
 * For one thread.
 */
final class LineCut {
  /** Longest line that is shown as it is. */
  private static final int MAX_SHOWN = 64 << 10;

  /** Most characters of a text within a long line: more than a screen holds. */
  private static final int MAX_TEXT = 4 << 10;

  /** Far below where a parser's own limit lies. */
  private static final int MAX_DEPTH = 200;

  /** Of a line that was cut: its length in bytes. */
  private static final String MARK = "repofleetCut";

  /** Bytes of the mark's number and of all signs around it, and more than enough. */
  private static final int MARK_VALUE = 32;

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /**
   * The line to show, in UTF-8 and without its end.
   *
   * @param line what was kept of it, without secrets
   * @param length of the whole line in bytes
   */
  byte[] shown(String line, long length) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MAX_SHOWN && length <= MAX_SHOWN) {
      return bytes;
    }
    byte[] shorter = shortened(line, length);
    return shorter.length > 0 ? shorter : told(length);
  }

  private static byte[] shortened(String line, long length) {
    try {
      JsonNode event = JSON.readTree(line);
      if (!(event instanceof ObjectNode object)) {
        return new byte[0];
      }
      shorten(object, 0);
      leaveOutLargest(object);
      return JSON.writeValueAsBytes(object.put(MARK, length));
    } catch (JsonProcessingException e) {
      return new byte[0];
    }
  }

  private static void shorten(JsonNode node, int depth) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> entry : object.properties()) {
        entry.setValue(shorter(entry.getValue(), depth));
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, shorter(array.get(i), depth));
      }
    }
  }

  private static JsonNode shorter(JsonNode value, int depth) {
    if (depth >= MAX_DEPTH) {
      return TextNode.valueOf("…");
    }
    if (value.isTextual() && value.textValue().length() > MAX_TEXT) {
      String text = value.textValue();
      int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
      return TextNode.valueOf(text.substring(0, end) + "…");
    }
    shorten(value, depth + 1);
    return value;
  }

  /**
   * What an answer holds goes before what it cost. Each part is measured once: of a hundred
   * thousand small ones almost all have to go.
   */
  private static void leaveOutLargest(ObjectNode event) throws JsonProcessingException {
    Map<String, Integer> sizes = new HashMap<>();
    for (Map.Entry<String, JsonNode> part : event.properties()) {
      int name = JSON.writeValueAsBytes(part.getKey()).length;
      sizes.put(part.getKey(), name + JSON.writeValueAsBytes(part.getValue()).length + 2);
    }
    int size = MARK.length() + MARK_VALUE;
    for (int part : sizes.values()) {
      size += part;
    }
    List<Map.Entry<String, Integer>> largestFirst =
        sizes.entrySet().stream().sorted(Map.Entry.comparingByValue(reverseOrder())).toList();
    for (int i = 0; size > MAX_SHOWN; i++) {
      event.remove(largestFirst.get(i).getKey());
      size -= largestFirst.get(i).getValue();
    }
  }

  private static byte[] told(long length) {
    ObjectNode event = JSON.createObjectNode().put("type", "unknown").put(MARK, length);
    return event.toString().getBytes(StandardCharsets.UTF_8);
  }
}
