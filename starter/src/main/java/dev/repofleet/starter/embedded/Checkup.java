package dev.repofleet.starter.embedded;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@code doctor} says of one part. No value of a secret is ever in it.
 *
 * @param part in a word or two
 * @param state how it is
 * @param found what was seen, in a sentence
 * @param fix what to do about it; absent when nothing needs doing
 */
@JsonPropertyOrder({"type", "part", "state", "found", "fix"})
record Checkup(String part, State state, String found, @Nullable String fix) {
  Checkup {
    Objects.requireNonNull(part, "part");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(found, "found");
  }

  /** How a part is. */
  enum State {
    /** It works. */
    OK,
    /** Something is not there that some ways of working need. */
    NOTE,
    /** It is set up, and does not work. */
    FAILED;

    @JsonValue
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @JsonProperty("type")
  String type() {
    return "check";
  }

  static Checkup ok(String part, String found) {
    return new Checkup(part, State.OK, found, null);
  }

  static Checkup note(String part, String found, @Nullable String fix) {
    return new Checkup(part, State.NOTE, found, fix);
  }

  static Checkup failed(String part, String found, String fix) {
    return new Checkup(part, State.FAILED, found, fix);
  }
}
