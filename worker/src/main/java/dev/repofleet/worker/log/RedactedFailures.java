package dev.repofleet.worker.log;

import dev.repofleet.worker.secrets.KnownSecrets;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;

/**
 * Keeps the worker's secrets out of what an activity fails with: histories keep it, and a part of
 * it may be the words of a sandbox. Thread-safe.
 */
public final class RedactedFailures extends WorkerInterceptorBase {
  private final KnownSecrets secrets;

  /** A redaction of these secrets. */
  public RedactedFailures(KnownSecrets secrets) {
    this.secrets = secrets;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      @Override
      public ActivityOutput execute(ActivityInput input) {
        try {
          return super.execute(input);
        } catch (ActivityCompletionException e) {
          throw e; // The SDK's own, told by its class.
        } catch (RuntimeException e) {
          throw isClean(e) ? e : redacted(e);
        }
      }
    };
  }

  private boolean isClean(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      String message = message(each);
      if (!secrets.redact(message).equals(message)) {
        return false;
      }
    }
    return true;
  }

  private ApplicationFailure redacted(Throwable failure) {
    ApplicationFailure.Builder clean =
        failure instanceof ApplicationFailure known
            ? ApplicationFailure.newBuilder(known)
            : ApplicationFailure.newBuilder().setType(failure.getClass().getName());
    Throwable cause = failure.getCause();
    return clean
        .setMessage(secrets.redact(message(failure)))
        .setCause(cause == null ? null : redacted(cause))
        .build();
  }

  private static String message(Throwable failure) {
    String message =
        failure instanceof ApplicationFailure known
            ? known.getOriginalMessage()
            : failure.getMessage();
    return message == null ? "" : message;
  }
}
