package dev.repofleet.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.BatchFiles;
import dev.repofleet.worker.testing.WatchedStore;
import dev.repofleet.workflows.activities.publish.PublishActivities;
import dev.repofleet.workflows.activities.publish.PublishPageRequest;
import dev.repofleet.workflows.activities.publish.PublishStep;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishActivitiesTest {
  @TempDir private Path folder;
  private ArtifactStore store;
  private PublishActivitiesImpl activities;

  @BeforeEach
  void reviewTwo() {
    store = ArtifactStores.open(folder.toString());
    for (String key : new String[] {"one", "two"}) {
      store.putNamed(ArtifactPaths.review("b", key), "{}".getBytes(StandardCharsets.UTF_8));
    }
    activities = new PublishActivitiesImpl(store, Map.of(), Clock.systemUTC());
  }

  private PublishPageRequest after(@Nullable String key) {
    return new PublishPageRequest("b", store.storeId(), key, 10);
  }

  @Test
  void nothingIsBegunOnABatchThatIsBeingDeleted() {
    assertThat(activities.readPublishable(after(null)).keys()).containsExactly("one", "two");
    new BatchFiles(store, "b").mark(Instant.now());
    ApplicationFailure refused =
        catchThrowableOfType(
            ApplicationFailure.class, () -> activities.readPublishable(after(null)));
    assertThat(refused.isNonRetryable()).isTrue();
    assertThat(refused.getType()).isEqualTo("batch_deleting");
    assertThat(refused.getOriginalMessage())
        .isEqualTo("batch b is being deleted: `repofleet delete b` ends that");
  }

  @Test
  void aMarkThatComesLaterIsTakenBackAndStopsNothing() {
    new BatchFiles(store, "b").mark(Instant.now());
    assertThat(activities.readPublishable(after("one")).keys()).containsExactly("two");
  }

  @Test
  void anAnswerThatIsCutOffIsAskedForAgain() {
    ArtifactStore cut =
        WatchedStore.of(
            store,
            (method, path) -> {
              if (path.endsWith("review.json")) {
                throw new UncheckedIOException("cut off", new EOFException());
              }
            });
    assertThat(failure(cut, store.storeId()))
        .hasMessageContaining("one can't be published now: cut off")
        .extracting(ApplicationFailure::isNonRetryable)
        .isEqualTo(false);
  }

  /** One worker of several may have another store than the one that has listed the results. */
  @Test
  void aWorkerWithAnotherStoreDoesNotTakeResultsForMissing() {
    assertThat(failure(store, "another"))
        .hasMessageContaining("Set REPOFLEET_ARTIFACTS of this worker to the batch's store")
        .extracting(ApplicationFailure::getType, ApplicationFailure::isNonRetryable)
        .containsExactly("store_mismatch", false);
  }

  private static ApplicationFailure failure(ArtifactStore ofWorker, String storeId) {
    PublishStep step =
        new PublishStep(
            "b",
            "one",
            new PublishOptions(
                PublishMode.PUBLISH, true, false, true, false, true, List.of(), null),
            storeId);
    TestActivityEnvironment activity = TestActivityEnvironment.newInstance();
    try {
      activity.registerActivitiesImplementations(
          new PublishActivitiesImpl(ofWorker, Map.of(), Clock.systemUTC()));
      ActivityOptions options =
          ActivityOptions.newBuilder()
              .setStartToCloseTimeout(Duration.ofMinutes(1))
              .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
              .build();
      PublishActivities publishing = activity.newActivityStub(PublishActivities.class, options);

      ActivityFailure failure =
          catchThrowableOfType(ActivityFailure.class, () -> publishing.publish(step));
      return (ApplicationFailure) Objects.requireNonNull(failure.getCause());
    } finally {
      activity.close();
    }
  }
}
