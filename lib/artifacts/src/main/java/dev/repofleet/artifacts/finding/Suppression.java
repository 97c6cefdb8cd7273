package dev.repofleet.artifacts.finding;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.repofleet.artifacts.Parts;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A person's decision that a finding needs no work.
 *
 * @param kind what was decided
 * @param reason in the person's words
 * @param by who decided
 * @param at when
 */
public record Suppression(Kind kind, String reason, String by, @Nullable Instant at) {
  /** What a decision says of a finding. */
  public enum Kind {
    /** It is true, and lived with. */
    @JsonProperty("accepted")
    ACCEPTED,

    /** It is not true. */
    @JsonProperty("false_positive")
    FALSE_POSITIVE;

    /** The word for this value in JSON. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Refuses one without kind, reason and author. */
  public Suppression {
    Objects.requireNonNull(kind, "suppression.kind is missing");
    Parts.text(reason, "reason of a suppression");
    Parts.text(by, "author of a suppression");
  }
}
