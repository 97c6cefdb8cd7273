package dev.repofleet.starter.target;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A target as somebody wrote it.
 *
 * @param place to begin a message with, as {@code list.txt:7: }; empty for an argument
 * @param text the target
 * @param ref named in a column of its own
 * @param subpath named in a column of its own
 * @param overrides of the plan, as typed, by key
 */
record TargetLine(
    String place,
    String text,
    @Nullable String ref,
    @Nullable String subpath,
    Map<String, String> overrides) {
  TargetLine {
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(text, "text");
    overrides = Map.copyOf(overrides);
  }

  /** Without columns. */
  TargetLine(String place, String text) {
    this(place, text, null, null, Map.of());
  }
}
