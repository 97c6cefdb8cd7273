package dev.repofleet.workflows.order;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is done with each repository of a batch. */
public enum PublishMode {
  /** Writes what is not there yet. */
  PUBLISH,
  /** Does everything but the writing: fetches, applies, checks, and says what would be written. */
  DRY_RUN,
  /** Only asks what became of what was published. */
  LOOK;

  /** As it stands in payloads. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The mode of a code. */
  @JsonCreator
  public static PublishMode of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
