package dev.repofleet.starter.batch;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a batch's workflow ended.
 *
 * @param kind of its end
 * @param failureType of a failed one, such as {@code no_model}
 * @param message of what went wrong
 */
public record BatchEnd(Kind kind, @Nullable String failureType, @Nullable String message) {
  /** It went through; how its repositories ended is another question. */
  public static final BatchEnd COMPLETED = new BatchEnd(Kind.COMPLETED, null, null);

  /** Refuses an absent kind. */
  public BatchEnd {
    Objects.requireNonNull(kind, "kind");
  }

  /** The ways a workflow ends. */
  public enum Kind {
    /** All its repositories have ended. */
    COMPLETED,
    /** A person cancelled it; what there was is written. */
    CANCELLED,
    /** It could not go on. */
    FAILED,
    /** It was ended from outside without a word: nothing was written at its end. */
    TERMINATED
  }
}
