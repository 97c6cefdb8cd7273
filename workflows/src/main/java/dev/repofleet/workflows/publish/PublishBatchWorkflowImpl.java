package dev.repofleet.workflows.publish;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.publish.PublishActivities;
import dev.repofleet.workflows.activities.publish.PublishOutcome;
import dev.repofleet.workflows.activities.publish.PublishPage;
import dev.repofleet.workflows.activities.publish.PublishPageRequest;
import dev.repofleet.workflows.activities.publish.PublishStep;
import dev.repofleet.workflows.order.PublishMode;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A few repositories at a time, and no faster than forges like to be written to. */
public final class PublishBatchWorkflowImpl implements PublishBatchWorkflow {
  /** What takes long is to fetch a commit; a forge wants its writes one after the other. */
  private static final int AT_ONCE = 4;

  /** Holds of up to a quarter of an hour each: a day. */
  private static final int MOST_LIMITS = 96;

  private static final Duration LEAST_HOLD = Duration.ofMinutes(1);

  private final PublishInput input;
  private final PublishActivities activities;
  private final PublishActivities listing;
  private PublishProgress progress;
  private @Nullable String after;
  private int inWork;

  /** Time at which a forge's limit ends, in milliseconds since the epoch. */
  private long heldUntil;

  /** Repositories that were written, and for which time was left since. */
  private int paced;

  /** Queries are answered from the first moment on. */
  @WorkflowInit
  public PublishBatchWorkflowImpl(PublishInput input) {
    this.input = input;
    this.after = input.after();
    PublishProgress before = input.soFar();
    this.progress = before == null ? PublishProgress.none(input.options(), input.limit()) : before;
    this.paced = progress.written();
    ActivityStubs stubs =
        new ActivityStubs(new Fleet(input.fleet()), input.options().mode().code());
    this.activities = stubs.publishing();
    this.listing = stubs.listingPublishable();
  }

  @Override
  public PublishProgress publish(PublishInput same) {
    while (!reached()) {
      PublishPage page =
          listing.readPublishable(
              new PublishPageRequest(input.batch(), input.storeId(), after, PublishPage.KEYS));
      for (String key : page.keys()) {
        Workflow.await(() -> inWork < AT_ONCE && (!full() || reached()));
        if (reached()) {
          break;
        }
        held();
        pace();
        inWork++;
        after = key;
        Async.procedure(() -> see(key));
      }
      if (page.keys().size() < PublishPage.KEYS) {
        break;
      }
      if (Workflow.getInfo().isContinueAsNewSuggested()) {
        Workflow.await(() -> inWork == 0);
        Workflow.newContinueAsNewStub(PublishBatchWorkflow.class)
            .publish(input.goingOn(after, progress));
      }
    }
    Workflow.await(() -> inWork == 0);
    return progress;
  }

  /** What was there already costs the forge no write, and no time here. */
  private void pace() {
    if (input.options().mode() == PublishMode.PUBLISH && paced < progress.written()) {
      paced++;
      Workflow.sleep(input.pace());
    }
  }

  /** Nothing more may be begun, since each that is in work may be the last that is written. */
  private boolean full() {
    Integer limit = input.limit();
    return limit != null && progress.written() + inWork >= limit;
  }

  private boolean reached() {
    Integer limit = input.limit();
    return limit != null && progress.written() >= limit;
  }

  private void see(String key) {
    try {
      // In two steps: meanwhile others end.
      PublishOutcome outcome =
          outcome(new PublishStep(input.batch(), key, input.options(), input.storeId()));
      progress = progress.and(key, outcome);
    } catch (ActivityFailure e) {
      if (e.getCause() instanceof CanceledFailure) {
        return;
      }
      progress = progress.andFailure(key, StepFailure.of(e).message());
    } finally {
      inWork--;
    }
  }

  /** One that meets a limit holds all: a forge bars for longer who goes on asking. */
  private PublishOutcome outcome(PublishStep step) {
    for (int limits = 0; ; limits++) {
      try {
        return activities.publish(step);
      } catch (ActivityFailure e) {
        if (StepFailure.of(e).cause() != Cause.GIT_RATE_LIMITED || limits >= MOST_LIMITS) {
          throw e;
        }
        holdFor(Duration.ofSeconds(StepFailure.detail(e, Long.class).orElse(60L)), limits);
        held();
      }
    }
  }

  /** Twice as long each time, since a forge often tells no more than the least of it. */
  private void holdFor(Duration asked, int before) {
    Duration least = LEAST_HOLD.multipliedBy(1L << Math.min(before, 4));
    long time = Math.max(asked.toMillis(), before == 0 ? 0 : least.toMillis());
    heldUntil = Math.max(heldUntil, Workflow.currentTimeMillis() + time);
  }

  private void held() {
    for (long now = Workflow.currentTimeMillis(); now < heldUntil; ) {
      Workflow.sleep(heldUntil - now);
      now = Workflow.currentTimeMillis();
    }
  }

  @Override
  public PublishProgress progress() {
    return progress;
  }
}
