package dev.repofleet.worker.activity;

import dev.repofleet.e2b.AuthenticationException;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bStatusException;
import dev.repofleet.e2b.E2bTransportException;
import dev.repofleet.e2b.RateLimitedException;
import dev.repofleet.e2b.SandboxNotFoundException;
import dev.repofleet.e2b.SandboxUnavailableException;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.StepFailure;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Turns what went wrong into a Temporal failure: its type is the {@link Cause}'s code, and its
 * decision whether it is tried again, unless the caller knows better. Stateless.
 */
public final class FailureMapper {
  /** A quota has no {@code Retry-After}: the slot frees when somebody's sandbox ends. */
  private static final Duration QUOTA_RETRY = Duration.ofSeconds(5);

  private static final Duration RATE_RETRY = Duration.ofSeconds(2);

  /** A forge's limit may end in an hour; asked again in between, it may have been raised. */
  private static final Duration LONGEST_FORGE_RETRY = Duration.ofMinutes(15);

  /** What is asked for is wrong, and will be wrong the next time. */
  private static final int BAD_REQUEST = 400;

  private static final int UNAUTHORIZED = 401;

  private static final int BAD_GATEWAY = 502;
  private static final int GATEWAY_TIMEOUT = 504;

  private FailureMapper() {}

  /** A failure that Temporal tries again exactly when the cause's decision is to retry. */
  public static ApplicationFailure failure(
      Cause cause, String message, @Nullable Throwable origin) {
    return build(cause, message, origin, cause.decision() == Cause.Decision.RETRY, null, null);
  }

  /** As above, with details for the workflow to go by: numbers, never secrets. */
  public static ApplicationFailure failureWith(Cause cause, String message, Object details) {
    return build(cause, message, null, cause.decision() == Cause.Decision.RETRY, null, details);
  }

  /**
   * A refusal that the workflow answers, whatever the cause's own decision: the activity ends at
   * once.
   *
   * @param details numbers for the workflow to go by; absent when there are none
   */
  public static ApplicationFailure refusal(
      Cause cause, String message, @Nullable Throwable origin, @Nullable Object details) {
    return build(cause, message, origin, false, null, details);
  }

  /** A failure tried again after {@code delay}, whatever the cause's own decision. */
  public static ApplicationFailure failure(
      Cause cause, String message, @Nullable Throwable origin, Duration delay) {
    return build(cause, message, origin, true, delay, null);
  }

  /** A failure tried again by the activity's own policy, whatever the cause's own decision. */
  public static ApplicationFailure passing(
      Cause cause, String message, @Nullable Throwable origin) {
    return build(cause, message, origin, true, null, null);
  }

  /**
   * What an E2B call's failure means.
   *
   * @param what was being done, to begin the message with
   */
  public static ApplicationFailure map(E2bException e, String what) {
    return map(e, what, null);
  }

  /**
   * As above.
   *
   * @param loss what was used up and may be lost; details of the failure
   */
  public static ApplicationFailure map(E2bException e, String what, @Nullable Object loss) {
    String message = what + ": " + e.getMessage();
    if (e instanceof SandboxNotFoundException) {
      return build(Cause.SANDBOX_LOST, message, e, false, null, loss);
    }
    if (e instanceof RateLimitedException limited) {
      return limited.isQuota()
          ? build(Cause.SANDBOX_QUOTA, message, e, true, QUOTA_RETRY, loss)
          : build(
              Cause.SANDBOX_CREATE_RATE,
              message,
              e,
              true,
              limited.retryAfter().orElse(RATE_RETRY),
              loss);
    }
    if (isUnreachable(e)) {
      return build(
          Cause.SANDBOX_UNREACHABLE,
          what
              + ": E2B did not answer as it should ("
              + e.getMessage()
              + "); check E2B_API_URL and E2B_SANDBOX_URL of the worker, or try again once it answers",
          e,
          true,
          null,
          loss);
    }
    if (refusesTheKey(e)) {
      message = what + ": E2B refuses the key; check E2B_API_KEY and E2B_API_URL of the worker";
    }
    boolean itsOwnFault =
        e instanceof AuthenticationException
            || (e instanceof E2bStatusException status && status.status() == BAD_REQUEST);
    return build(Cause.INTERNAL, message, e, !itsOwnFault, null, loss);
  }

  /** Whether E2B's gateway fails, or asks for patience: that says nothing of a sandbox. */
  public static boolean isE2bsOwn(E2bException e) {
    return e instanceof RateLimitedException
        || (isUnreachable(e) && !(e instanceof E2bTransportException));
  }

  /**
   * Whether no answer came, or that of a gateway. An answer about a sandbox says that E2B is there;
   * that none came from within a sandbox may also be its own fault.
   */
  private static boolean isUnreachable(E2bException e) {
    return e instanceof E2bTransportException
        || (e instanceof E2bStatusException status
            && !(e instanceof SandboxUnavailableException)
            && status.status() >= BAD_GATEWAY
            && status.status() <= GATEWAY_TIMEOUT);
  }

  /** Whether E2B does not know the worker's key; 403 is about what is asked for by a good one. */
  public static boolean refusesTheKey(E2bException e) {
    return e instanceof AuthenticationException refusal && refusal.status() == UNAUTHORIZED;
  }

  /**
   * What a forge's failure means. A limit is tried again when it ends, after 1 s to 15 min.
   *
   * @param what was being done, to begin the message with
   */
  public static ApplicationFailure map(ForgeException e, String what) {
    String message = what + ": " + e.getMessage();
    return switch (e.kind()) {
      case LOGIN_REFUSED, FORBIDDEN, REJECTED -> failure(Cause.GIT_AUTH, message, e);
      case NOT_FOUND -> failure(Cause.GIT_NOT_FOUND, message, e);
      case UNREACHABLE -> failure(Cause.GIT_TRANSIENT, message, e);
      case RATE_LIMITED -> failure(Cause.GIT_RATE_LIMITED, message, e, delay(e));
    };
  }

  /** How long a limit lasts, from 1 s to 15 min. */
  public static Duration delay(ForgeException e) {
    Instant now = Instant.now();
    Duration asked = Duration.between(now, e.retryAt().orElse(now));
    if (asked.compareTo(LONGEST_FORGE_RETRY) > 0) {
      return LONGEST_FORGE_RETRY;
    }
    return asked.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : asked;
  }

  private static ApplicationFailure build(
      Cause cause,
      String message,
      @Nullable Throwable origin,
      boolean retryable,
      @Nullable Duration delay,
      @Nullable Object details) {
    ApplicationFailure.Builder failure =
        ApplicationFailure.newBuilder()
            .setType(cause.code())
            .setMessage(bounded(message))
            .setNonRetryable(!retryable);
    if (origin != null) {
      failure.setCause(withoutDetails(origin));
    }
    if (details != null) {
      failure.setDetails(details);
    }
    if (delay != null) {
      failure.setNextRetryDelay(delay);
    }
    return failure.build();
  }

  /** History keeps messages for long: the class and its sentence are enough there. */
  private static Throwable withoutDetails(Throwable origin) {
    RuntimeException bare =
        new RuntimeException(origin.getClass().getSimpleName() + ": " + bounded(text(origin)));
    bare.setStackTrace(new StackTraceElement[0]);
    return bare;
  }

  private static String text(Throwable origin) {
    String message = origin.getMessage();
    return message == null ? "no message" : message;
  }

  private static String bounded(String text) {
    return Excerpt.of(text, StepFailure.MAX_MESSAGE);
  }
}
