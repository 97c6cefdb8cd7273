package dev.repofleet.starter.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** What a tool was asked, in one text. */
public final class ToolInput {
  /** The parts that say best what a tool does, the most telling first. */
  private static final List<String> TELLING =
      List.of(
          "command",
          "file_path",
          "notebook_path",
          "path",
          "pattern",
          "query",
          "url",
          "description",
          "prompt");

  private ToolInput() {}

  /** Its most telling part, else all of it as JSON; empty when it was asked nothing. */
  public static String telling(JsonNode input) {
    return name(input)
        .map(name -> input.path(name).asText())
        .orElseGet(() -> input.isObject() && input.isEmpty() ? "" : input.toString());
  }

  /** Whether its most telling part is a path. */
  static boolean isPath(JsonNode input) {
    return name(input).filter(name -> name.endsWith("path")).isPresent();
  }

  private static Optional<String> name(JsonNode input) {
    return TELLING.stream()
        .filter(name -> input.path(name).isTextual() && !input.path(name).asText().isBlank())
        .findFirst();
  }
}
