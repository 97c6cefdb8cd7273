package dev.repofleet.workflows.lease;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A review tells what the model's provider said to it; it is the whole fleet's business.
 *
 * @param cause {@code model_rate_limited}, {@code model_overloaded}, {@code model_auth} or {@code
 *     model_credit}
 * @param retryAfterSeconds that the provider asked for; absent when nothing
 * @param resetAt with a quota that is used up: when it is filled again, milliseconds since the
 *     epoch; absent otherwise
 * @param startedAt when the turn began that met it, milliseconds since the epoch: a turn of before
 *     a resume says nothing of now. Absent: now
 */
@Payload
public record ProviderTrouble(
    Cause cause,
    @Nullable Long retryAfterSeconds,
    @Nullable Long resetAt,
    @Nullable Long startedAt) {
  public ProviderTrouble {
    Objects.requireNonNull(cause, "cause");
    switch (cause) {
      case MODEL_RATE_LIMITED, MODEL_OVERLOADED, MODEL_AUTH, MODEL_CREDIT -> {}
      default ->
          throw new IllegalArgumentException(cause.code() + " is no trouble of the provider's");
    }
  }

  /** Whether only a person can help. */
  public boolean needsAPerson() {
    return cause == Cause.MODEL_AUTH || cause == Cause.MODEL_CREDIT;
  }
}
