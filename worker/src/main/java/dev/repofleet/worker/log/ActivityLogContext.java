package dev.repofleet.worker.log;

import dev.repofleet.workflows.activities.sandbox.InSandbox;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Lets what activities log name their sandbox; all else the SDK's own context names. Thread-safe.
 */
public final class ActivityLogContext extends WorkerInterceptorBase {
  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      @Override
      public ActivityOutput execute(ActivityInput input) {
        try {
          for (Object argument : input.getArguments()) {
            if (argument instanceof InSandbox about) {
              sandbox(about.sandboxId());
            }
          }
          return super.execute(input);
        } finally {
          MDC.remove(FleetFields.SANDBOX);
        }
      }
    };
  }

  /** What this activity logs from now on is about this sandbox. */
  public static void sandbox(@Nullable String sandboxId) {
    if (sandboxId != null) {
      MDC.put(FleetFields.SANDBOX, sandboxId);
    }
  }
}
