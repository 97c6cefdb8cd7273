package dev.repofleet.starter.render;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A batch was seen to be held until a person resumes, or to go on again. As a line of {@code
 * --json} its form is for scripts and lasts.
 *
 * @param at when it was seen
 * @param batch id
 * @param held why, in a sentence; absent: it goes on
 */
@JsonPropertyOrder({"type", "at", "batch", "held", "resume"})
public record HoldEvent(Instant at, String batch, @Nullable String held) {
  /** The reason of a batch that a person has paused. */
  public static final String PAUSED = "a person has paused it";

  private static final int MAX_SENTENCE = 300;
  private static final int MAX_ID = 80;

  /** What a shell takes as it stands; a batch's id is always so. */
  private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9.-]*");

  /** Refuses absent parts. */
  public HoldEvent {
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(batch, "batch");
  }

  /** What tells this line from others. */
  @JsonProperty("type")
  public String type() {
    return "hold";
  }

  /** The command that lets it go on; absent when it does. */
  @JsonProperty("resume")
  public @Nullable String resume() {
    return held == null ? null : command(batch);
  }

  /** For a person. */
  public String line() {
    return held == null
        ? "Batch " + PlainText.of(batch, MAX_ID) + " goes on."
        : sentence(batch, held);
  }

  /** Why a batch is held, and the way out. */
  public static String sentence(String batch, String held) {
    if (held.equals(PAUSED)) {
      return "Batch "
          + PlainText.of(batch, MAX_ID)
          + " is paused: `"
          + command(batch)
          + "` goes on.";
    }
    return "Batch "
        + PlainText.of(batch, MAX_ID)
        + " is held: "
        + reason(held)
        + ". Mend that, then `"
        + command(batch)
        + "`.";
  }

  /** A reason as a clause on one line, without a full stop. */
  public static String reason(String held) {
    String plain = PlainText.of(held, MAX_SENTENCE);
    return plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
  }

  /** To be typed, so nothing but an id stands in it. */
  private static String command(String batch) {
    return "repofleet resume " + (WORD.matcher(batch).matches() ? batch : "BATCH");
  }
}
