package dev.repofleet.worker.agent;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityExecutionContextBase;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.function.Consumer;

/**
 * Hears each heartbeat of the activities, also what the SDK holds back, since it sends one at a
 * time: the last of an attempt that fails goes with the failure.
 */
final class HeardBeats extends WorkerInterceptorBase {
  private final Consumer<RunBeat> beats;

  HeardBeats(Consumer<RunBeat> beats) {
    this.beats = beats;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      @Override
      public void init(ActivityExecutionContext context) {
        super.init(new Context(context));
      }
    };
  }

  private final class Context extends ActivityExecutionContextBase {
    Context(ActivityExecutionContext next) {
      super(next);
    }

    @Override
    public <V> void heartbeat(V details) {
      beats.accept((RunBeat) details);
      super.heartbeat(details);
    }
  }
}
