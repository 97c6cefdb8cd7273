package dev.repofleet.starter.plan;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.starter.command.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One object of a plan: reads its keys as the types they must have, and points at what has another.
 * A key that is null counts as absent.
 */
final class PlanObject {
  private final PlanText text;
  private final JsonPointer pointer;
  private final ObjectNode node;

  private PlanObject(PlanText text, JsonPointer pointer, ObjectNode node) {
    this.text = text;
    this.pointer = pointer;
    this.node = node;
  }

  /** The whole plan. */
  static PlanObject root(PlanText text) {
    return new PlanObject(text, JsonPointer.empty(), text.root());
  }

  /** Refuses every key but these. */
  void allow(List<String> known) {
    for (String key : (Iterable<String>) node::fieldNames) {
      if (!known.contains(key)) {
        String hint =
            NearestName.of(key, known)
                .map(name -> "did you mean '" + name + "'?")
                .orElse("known are " + String.join(", ", known));
        throw error(key, "unknown key '" + key + "'" + where() + ": " + hint);
      }
    }
  }

  Optional<String> text(String key) {
    return value(key)
        .map(
            value -> {
              if (!value.isTextual()) {
                throw wrongType(key, "text", value);
              }
              if (value.textValue().isBlank()) {
                throw error(key, "'" + key + "' is empty; write something, or drop it");
              }
              return value.textValue();
            });
  }

  Optional<Integer> count(String key) {
    return value(key)
        .map(
            value -> {
              if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
                throw wrongType(key, "a whole number above 0", value);
              }
              return value.intValue();
            });
  }

  Optional<Double> amount(String key) {
    return value(key)
        .map(
            value -> {
              double amount = value.isNumber() ? value.doubleValue() : 0;
              if (!(amount > 0) || Double.isInfinite(amount)) {
                throw wrongType(key, "a number above 0", value);
              }
              return amount;
            });
  }

  Optional<Boolean> truth(String key) {
    return value(key)
        .map(
            value -> {
              if (!value.isBoolean()) {
                throw wrongType(key, "true or false", value);
              }
              return value.booleanValue();
            });
  }

  /** The keys that are there, in order. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** A value in a form of its own; numbers are given as their digits. */
  <T> Optional<T> scalar(String key, Function<String, T> form) {
    return value(key)
        .map(
            value -> {
              if (!value.isTextual() && !value.isIntegralNumber()) {
                throw wrongType(key, "one value", value);
              }
              try {
                return form.apply(value.asText());
              } catch (IllegalArgumentException e) {
                throw error(key, "'" + key + "': " + e.getMessage());
              }
            });
  }

  /** Whether it has keys of its own, where one value would do as well. */
  boolean isObject(String key) {
    return value(key).filter(JsonNode::isObject).isPresent();
  }

  Optional<PlanObject> object(String key) {
    return value(key).map(value -> object(pointer.appendProperty(key), value, key));
  }

  Optional<List<PlanObject>> objects(String key) {
    return array(key)
        .map(
            array -> {
              List<PlanObject> objects = new ArrayList<>();
              for (int i = 0; i < array.size(); i++) {
                objects.add(object(pointer.appendProperty(key).appendIndex(i), array.get(i), key));
              }
              return List.copyOf(objects);
            });
  }

  /** A list of texts, none empty, none twice. */
  Optional<List<String>> texts(String key) {
    return array(key)
        .map(
            array -> {
              List<String> texts = new ArrayList<>();
              for (JsonNode each : array) {
                JsonPointer place = pointer.appendProperty(key).appendIndex(texts.size());
                if (!each.isTextual() || each.textValue().isBlank()) {
                  throw text.error(place, "'" + key + "' is a list of texts, and this is none");
                }
                if (texts.contains(each.textValue())) {
                  throw text.error(place, "'" + each.textValue() + "' is there twice; keep one");
                }
                texts.add(each.textValue());
              }
              return List.copyOf(texts);
            });
  }

  /** A list of texts in which the same may stand twice, as arguments do. */
  Optional<List<String>> list(String key) {
    return array(key)
        .map(
            array -> {
              List<String> list = new ArrayList<>();
              for (JsonNode each : array) {
                if (!each.isTextual()) {
                  throw error(
                      key, list.size(), "'" + key + "' is a list of texts, and this is none");
                }
                list.add(each.textValue());
              }
              return List.copyOf(list);
            });
  }

  /** Names with plain values; a number or truth value counts as what was typed. */
  Optional<Map<String, String>> names(String key) {
    return object(key)
        .map(
            object -> {
              Map<String, String> names = new LinkedHashMap<>();
              object
                  .node
                  .properties()
                  .forEach(
                      entry -> {
                        if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
                          throw object.wrongType(entry.getKey(), "one value", entry.getValue());
                        }
                        names.put(entry.getKey(), entry.getValue().asText());
                      });
              return names;
            });
  }

  boolean has(String key) {
    return value(key).isPresent();
  }

  PlanException error(String key, String sentence) {
    return text.error(pointer.appendProperty(key), sentence);
  }

  /** The error of one element of a list. */
  PlanException error(String key, int index, String sentence) {
    return text.error(pointer.appendProperty(key).appendIndex(index), sentence);
  }

  /** The error of the object itself. */
  PlanException error(String sentence) {
    return text.error(pointer, sentence);
  }

  private Optional<JsonNode> value(String key) {
    return Optional.ofNullable(node.get(key)).filter(value -> !value.isNull());
  }

  private Optional<JsonNode> array(String key) {
    return value(key)
        .map(
            value -> {
              if (!value.isArray()) {
                throw wrongType(key, "a list", value);
              }
              return value;
            });
  }

  private PlanObject object(JsonPointer at, JsonNode value, String key) {
    if (value instanceof ObjectNode object) {
      return new PlanObject(text, at, object);
    }
    throw text.error(at, "'" + key + "' must be keys with values, not " + kind(value));
  }

  private PlanException wrongType(String key, String wanted, JsonNode value) {
    return error(key, "'" + key + "' must be " + wanted + ", not " + kind(value));
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "keys with values";
      case ARRAY -> "a list";
      case STRING -> "the text \"" + shortened(value.textValue()) + "\"";
      case NULL -> "nothing";
      default -> value.asText();
    };
  }

  private static String shortened(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > 40 ? line.substring(0, 39) + "…" : line;
  }

  private String where() {
    String path = pointer.toString();
    return path.isEmpty()
        ? " in the " + text.kind().name()
        : " in " + path.substring(1).replace('/', '.');
  }
}
