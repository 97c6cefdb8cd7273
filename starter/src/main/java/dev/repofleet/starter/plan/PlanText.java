package dev.repofleet.starter.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A YAML or JSON document with the place of each of its parts, so that an error can point at it.
 * Immutable once read.
 *
 * <p>It is read token by token because Jackson's own errors name the line of the next token, and
 * because an alias ({@code *x}) would otherwise become the text {@code x} without a word.
 */
final class PlanText {
  /** Deeper than any plan, far from the end of the stack. */
  private static final int MAX_DEPTH = 64;

  private final String file;
  private final Kind kind;
  private final ObjectNode root;
  private final Map<JsonPointer, JsonLocation> places;

  private PlanText(String file, Kind kind, ObjectNode root, Map<JsonPointer, JsonLocation> places) {
    this.file = file;
    this.kind = kind;
    this.root = root;
    this.places = places;
  }

  /**
   * What a document is, for messages.
   *
   * @param name with an article before it
   * @param example a key that it may have
   */
  record Kind(String name, String example) {
    static final Kind PLAN = new Kind("plan", "prompt: ...");
    static final Kind TEMPLATE = new Kind("template", "name: ...");
  }

  /**
   * Reads a document; JSON when the name ends so, else YAML.
   *
   * @param file name for messages
   * @throws PlanException when it is no document of one object, uses aliases or repeats a key
   */
  static PlanText read(String file, String text) {
    return read(file, Kind.PLAN, text);
  }

  /** As {@link #read(String, String)}, of a document of another kind. */
  static PlanText read(String file, Kind kind, String text) {
    JsonFactory factory = file.endsWith(".json") ? new JsonFactory() : new YAMLFactory();
    try (JsonParser parser = factory.createParser(text)) {
      return new Reading(file, kind, parser).document();
    } catch (JsonProcessingException e) {
      JsonLocation location = e.getLocation();
      throw new PlanException(
          at(file, location)
              + "this is not valid "
              + factory.getFormatName()
              + ": "
              + sentence(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new PlanException(file + " can't be read: " + e.getMessage());
    }
  }

  ObjectNode root() {
    return root;
  }

  Kind kind() {
    return kind;
  }

  /** The error that points at a part, or at the nearest part around it that has a place. */
  PlanException error(JsonPointer pointer, String sentence) {
    for (JsonPointer at = pointer; at != null; at = at.head()) {
      JsonLocation place = places.get(at);
      if (place != null) {
        return new PlanException(at(file, place) + sentence);
      }
    }
    return new PlanException(file + ": " + sentence);
  }

  private static String at(String file, @Nullable JsonLocation place) {
    return place == null || place.getLineNr() < 1
        ? file + ": "
        : file + ":" + place.getLineNr() + ":" + Math.max(1, place.getColumnNr()) + ": ";
  }

  private static String sentence(@Nullable String message) {
    if (message == null) {
      return "it can't be parsed";
    }
    if (message.startsWith("Expected a field name")) {
      return "this is no name of a key; a value that begins with a brace needs quotes, or a block"
          + " as in `prompt: |`";
    }
    return message.lines().findFirst().orElse("").strip();
  }

  /** One pass over the tokens. */
  private static final class Reading {
    private final String file;
    private final Kind kind;
    private final JsonParser parser;
    private final Map<JsonPointer, JsonLocation> places = new HashMap<>();

    Reading(String file, Kind kind, JsonParser parser) {
      this.file = file;
      this.kind = kind;
      this.parser = parser;
    }

    PlanText document() throws IOException {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new PlanException(file + " is empty: write at least `" + kind.example() + "`");
      }
      if (first != JsonToken.START_OBJECT) {
        throw error(
            "a %s is a list of keys and values, such as `%s`"
                .formatted(kind.name(), kind.example()));
      }
      ObjectNode root = object(1);
      if (parser.nextToken() != null) {
        throw error("a second document follows; a " + kind.name() + " is one");
      }
      return new PlanText(file, kind, root, Map.copyOf(places));
    }

    private ObjectNode object(int depth) throws IOException {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_OBJECT;
          token = parser.nextToken()) {
        String key = whole(parser.currentName());
        JsonPointer pointer = parser.getParsingContext().pathAsPointer();
        if (places.putIfAbsent(pointer, parser.currentTokenLocation()) != null) {
          throw error("the key '" + key + "' is there twice; keep one");
        }
        parser.nextToken();
        object.set(key, value(depth));
      }
      return object;
    }

    private ArrayNode array(int depth) throws IOException {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        places.putIfAbsent(
            parser.getParsingContext().pathAsPointer(), parser.currentTokenLocation());
        array.add(value(depth));
      }
      return array;
    }

    private JsonNode value(int depth) throws IOException {
      if (depth > MAX_DEPTH) {
        throw error("this is nested too deeply");
      }
      if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
        throw error("YAML aliases (*" + yaml.getText() + ") are not supported; write the value");
      }
      return switch (parser.currentToken()) {
        case START_OBJECT -> object(depth + 1);
        case START_ARRAY -> array(depth + 1);
        case VALUE_STRING -> JsonNodeFactory.instance.textNode(whole(parser.getText()));
        case VALUE_NUMBER_INT -> JsonNodeFactory.instance.numberNode(parser.getBigIntegerValue());
        case VALUE_NUMBER_FLOAT ->
            JsonNodeFactory.instance.numberNode(finite(parser.getDoubleValue()));
        case VALUE_TRUE -> JsonNodeFactory.instance.booleanNode(true);
        case VALUE_FALSE -> JsonNodeFactory.instance.booleanNode(false);
        case VALUE_NULL -> JsonNodeFactory.instance.nullNode();
        default -> throw error("this value is not supported");
      };
    }

    /** A lone half of a pair would be stored as a question mark. */
    private String whole(String text) {
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
        throw error("this text has half of a character, such as \\ud800; write all of it");
      }
      return text;
    }

    /** As 1e400 is not when it is read. */
    private double finite(double number) {
      if (!Double.isFinite(number)) {
        throw error("this number is too large");
      }
      return number;
    }

    private PlanException error(String sentence) {
      return new PlanException(at(file, parser.currentTokenLocation()) + sentence);
    }
  }
}
