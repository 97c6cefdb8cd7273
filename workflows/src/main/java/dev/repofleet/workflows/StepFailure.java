package dev.repofleet.workflows;

import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A step's failure as the workflow judges it: the cause by name, and a sentence for people.
 *
 * @param cause named by the failure's type
 * @param message at most {@value #MAX_MESSAGE} characters
 */
public record StepFailure(Cause cause, String message) {

  /** Longest message kept: a failure is a line in a report, not a log. */
  public static final int MAX_MESSAGE = 500;

  public StepFailure {
    Objects.requireNonNull(cause, "cause");
    message = Excerpt.of(message, MAX_MESSAGE);
  }

  /** A cause that says enough by itself. */
  public static StepFailure of(Cause cause) {
    return new StepFailure(cause, cause.sentence());
  }

  /** Judges what an activity or child failed with. */
  public static StepFailure of(TemporalFailure failure) {
    for (Throwable link = failure; link != null; link = link.getCause()) {
      if (link instanceof CanceledFailure) {
        return new StepFailure(Cause.CANCELLED, Cause.CANCELLED.sentence());
      }
      if (link instanceof ApplicationFailure application) {
        return new StepFailure(Cause.of(application.getType()), text(application));
      }
      if (link instanceof TimeoutFailure timeout) {
        return new StepFailure(
            Cause.INTERNAL, "a step ran into its timeout: " + timeout.getTimeoutType());
      }
    }
    return new StepFailure(Cause.INTERNAL, String.valueOf(failure.getMessage()));
  }

  /** What a failure brings along besides its message; empty when it brings nothing. */
  public static <T> Optional<T> detail(TemporalFailure failure, Class<T> type) {
    for (Throwable link = failure; link != null; link = link.getCause()) {
      if (link instanceof ApplicationFailure application
          && application.getDetails().getSize() > 0) {
        return Optional.ofNullable(application.getDetails().get(type));
      }
    }
    return Optional.empty();
  }

  private static String text(ApplicationFailure failure) {
    @Nullable String message = failure.getOriginalMessage();
    return message == null || message.isBlank() ? Cause.of(failure.getType()).sentence() : message;
  }
}
