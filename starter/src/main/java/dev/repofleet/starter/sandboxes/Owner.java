package dev.repofleet.starter.sandboxes;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.repofleet.starter.render.Tone;

/** Whose a sandbox of this fleet is. Only {@link #FREE} ones are ever deleted. */
enum Owner {
  /** A review that is open works with it, or may. */
  OWNED("owned", Tone.PLAIN),
  /** Nobody's any more. */
  FREE("free", Tone.WARNING),
  /** Nobody's that is known, but so new that its owner may be on the way. */
  YOUNG("young", Tone.FAINT),
  /** It can't be told. */
  UNKNOWN("unknown", Tone.WARNING);

  private final String word;
  private final Tone tone;

  Owner(String word, Tone tone) {
    this.word = word;
    this.tone = tone;
  }

  /** As tables and JSON lines have it. */
  @JsonValue
  String word() {
    return word;
  }

  Tone tone() {
    return tone;
  }
}
