package dev.repofleet.worker.publish;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.activity.StoreIdentity;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.activities.publish.PublishActivities;
import dev.repofleet.workflows.activities.publish.PublishOutcome;
import dev.repofleet.workflows.activities.publish.PublishPage;
import dev.repofleet.workflows.activities.publish.PublishPageRequest;
import dev.repofleet.workflows.activities.publish.PublishStep;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes results. Thread-safe. */
public final class PublishActivitiesImpl implements PublishActivities {
  private static final Logger log = LoggerFactory.getLogger(PublishActivitiesImpl.class);

  private static final int BEAT_SECONDS = 5;

  /**
   * One thread for all steps of the process, made by the first of them. It is a daemon that nobody
   * closes: a step takes its own beats off it, and between steps it waits for nothing.
   */
  private static final ScheduledExecutorService BEATS =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "publish-beats");
            thread.setDaemon(true);
            return thread;
          });

  private final PublishTools tools;

  /**
   * @param environment of the worker: logins of forges, hosts, and whose name commits carry
   * @throws IllegalArgumentException with a sentence, when a login in it can't be one
   */
  public PublishActivitiesImpl(ArtifactStore store, Map<String, String> environment, Clock clock) {
    this.tools = PublishTools.of(store, environment, clock);
  }

  @Override
  public PublishPage readPublishable(PublishPageRequest request) {
    ArtifactStore store = tools.store();
    StoreIdentity.require(store, request.storeId());
    String after = request.after();
    if (after == null) {
      requireKept(request.batch());
    }
    List<String> keys =
        store.folders(ArtifactPaths.reviewsFolder(request.batch())).stream()
            .filter(key -> after == null || key.compareTo(after) > 0)
            .sorted()
            .limit(request.limit())
            .toList();
    return new PublishPage(keys);
  }

  /**
   * A deletion may have begun since the publishing was asked for. Once this has begun, a deletion
   * finds it at work, and what marks the batch for a moment then is no reason to stop.
   */
  private void requireKept(String batch) {
    if (tools.store().exists(ArtifactUri.of(ArtifactPaths.deleting(batch)))) {
      throw Refusal.BATCH_DELETING.because(
          "batch " + batch + " is being deleted: `repofleet delete " + batch + "` ends that");
    }
  }

  @Override
  public PublishOutcome publish(PublishStep step) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    ScheduledFuture<?> alive =
        BEATS.scheduleAtFixedRate(() -> beat(context), BEAT_SECONDS, BEAT_SECONDS, SECONDS);
    try {
      StoreIdentity.require(tools.store(), step.storeId());
      Publication publication;
      try {
        publication = new Publication(tools, () -> context.heartbeat(null), step);
      } catch (ArtifactNotFoundException e) {
        return new PublishOutcome(PublishOutcome.Status.NOTHING, "it has no result yet");
      }
      PublishOutcome outcome = publication.bringAbout();
      String why = outcome.message();
      log.info(
          "{} of {}: {}{}",
          step.options().mode().code(),
          step.key(),
          outcome.status().code(),
          why == null ? "" : ", " + why);
      return outcome;
    } catch (ForgeException e) {
      throw mapped(e, step.key());
    } catch (ApplicationFailure e) {
      throw held(e);
    } catch (ArtifactException | TemporalException e) {
      throw e;
    } catch (UncheckedIOException e) {
      // An answer that was cut off, a disk that is full just now: another attempt, another worker.
      throw FailureMapper.passing(
          Cause.INTERNAL, step.key() + " can't be published now: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // What is not foreseen comes again the next time too, and would hold up all others.
      log.warn("{} can't be published", step.key(), e);
      throw FailureMapper.failure(Cause.INTERNAL, step.key() + " can't be published: " + e, e);
    } finally {
      alive.cancel(false);
    }
  }

  /** A limit is not waited for by one step but by all: the workflow holds them. */
  private static ApplicationFailure mapped(ForgeException e, String what) {
    return e.kind() == ForgeException.Kind.RATE_LIMITED
        ? FailureMapper.refusal(
            Cause.GIT_RATE_LIMITED,
            what + ": " + e.getMessage(),
            e,
            FailureMapper.delay(e).toSeconds())
        : FailureMapper.map(e, what);
  }

  /** The same of a limit that Git met. */
  private static ApplicationFailure held(ApplicationFailure e) {
    if (e.isNonRetryable() || !Cause.GIT_RATE_LIMITED.code().equals(e.getType())) {
      return e;
    }
    Duration delay = e.getNextRetryDelay();
    return FailureMapper.refusal(
        Cause.GIT_RATE_LIMITED,
        String.valueOf(e.getOriginalMessage()),
        e,
        delay == null ? null : delay.toSeconds());
  }

  /** A question to a forge may take longer than a dead worker is waited for. */
  private static void beat(ActivityExecutionContext context) {
    try {
      context.heartbeat(null);
    } catch (ActivityCompletionException e) {
      // The step learns of it by its own next beat; thrown here it would end these.
      return;
    }
  }
}
