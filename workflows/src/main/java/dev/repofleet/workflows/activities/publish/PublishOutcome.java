package dev.repofleet.workflows.activities.publish;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.repofleet.workflows.Payload;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one repository.
 *
 * @param status in a word
 * @param message why nothing was written, or for all but {@link Status#NOTHING} what was refused of
 *     it; absent when there is nothing to explain
 */
@Payload
public record PublishOutcome(Status status, @Nullable String message) {
  public PublishOutcome {
    Objects.requireNonNull(status, "status");
  }

  /** What a repository came to. */
  public enum Status {
    /** Something was written, or would be. */
    WRITTEN,
    /** What was asked for is there. */
    ALREADY,
    /** It has nothing to publish. */
    NOTHING,
    /** Nothing is there: it must not be written, or the forge refuses it. */
    REFUSED;

    /** As it stands in payloads. */
    @JsonValue
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The status of a code. */
    @JsonCreator
    public static Status of(String code) {
      return valueOf(code.toUpperCase(Locale.ROOT));
    }
  }
}
