package dev.repofleet.worker.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.activities.schedule.ScheduledCopyInput;
import dev.repofleet.workflows.activities.schedule.ScheduledCopyOutcome;
import dev.repofleet.workflows.order.ManifestRef;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduleActivitiesTest {
  private static final String BATCH = "nightly-20260102-030000";

  @TempDir Path folder = Path.of("");

  private ArtifactStore store() {
    return ArtifactStores.open(folder.toString());
  }

  /** A schedule with these targets and this plan. */
  private ScheduledCopyInput scheduled(String targets, String plan) {
    ArtifactStore store = store();
    ArtifactRef manifest =
        store.putNamed(ArtifactPaths.scheduleManifest("nightly", "c0"), targets.getBytes(UTF_8));
    ArtifactRef written =
        store.putNamed(ArtifactPaths.schedulePlan("nightly", "c0"), plan.getBytes(UTF_8));
    return new ScheduledCopyInput(
        "nightly",
        BATCH,
        new ManifestRef(manifest.uri(), manifest.sha256(), 2),
        new PlanRef(written.uri(), written.sha256(), "audit"),
        store.storeId());
  }

  private ScheduledCopyOutcome copy(ScheduledCopyInput input) {
    return new ScheduleActivitiesImpl(store()).copyScheduled(input);
  }

  private String read(String path) {
    return new String(store().read(ArtifactUri.of(path), 1000), UTF_8);
  }

  private static void failsForGood(Throwable failure, String type) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failed -> {
              assertThat(failed.getType()).isEqualTo(type);
              assertThat(failed.isNonRetryable()).isTrue();
            });
  }

  @Test
  void theBatchGetsCopiesOfItsOwnTwiceTheSame() {
    ScheduledCopyInput input = scheduled("targets", "plan");

    ScheduledCopyOutcome outcome = copy(input);

    assertThat(outcome.manifest())
        .isEqualTo(
            new ManifestRef(
                ArtifactUri.of(ArtifactPaths.manifest(BATCH)), input.manifest().sha256(), 2));
    assertThat(outcome.plan())
        .isEqualTo(
            new PlanRef(ArtifactUri.of(ArtifactPaths.plan(BATCH)), input.plan().sha256(), "audit"));
    assertThat(copy(input)).isEqualTo(outcome);
    store().delete(input.manifest().uri());
    assertThat(read(ArtifactPaths.manifest(BATCH))).isEqualTo("targets");
    assertThat(read(ArtifactPaths.plan(BATCH))).isEqualTo("plan");
  }

  @Test
  void aBatchOfOtherTargetsIsLeftAsItIs() {
    ScheduledCopyInput input = scheduled("targets", "plan");
    store().putNamed(ArtifactPaths.manifest(BATCH), "a person's".getBytes(UTF_8));

    assertThatThrownBy(() -> copy(input))
        .satisfies(failure -> failsForGood(failure, "batch_exists"))
        .hasMessageContaining(BATCH);
    assertThat(read(ArtifactPaths.manifest(BATCH))).isEqualTo("a person's");
  }

  @Test
  void aScheduleThatWasCreatedAnewIsNotTakenForTheOldOne() {
    ScheduledCopyInput old = scheduled("targets", "plan");
    scheduled("targets", "another plan");

    assertThatThrownBy(() -> copy(old))
        .satisfies(failure -> failsForGood(failure, "schedule_gone"));
    assertThat(store().exists(ArtifactUri.of(ArtifactPaths.plan(BATCH)))).isFalse();
  }

  @Test
  void aScheduleThatWasDeletedSaysSo() {
    ScheduledCopyInput input = scheduled("targets", "plan");
    store().delete(input.manifest().uri());

    assertThatThrownBy(() -> copy(input))
        .satisfies(failure -> failsForGood(failure, "schedule_gone"))
        .hasMessageContaining("it was deleted before this run began");
  }

  @Test
  void anotherStoreIsLeftToAnotherWorker() {
    ScheduledCopyInput input = scheduled("targets", "plan");
    ScheduledCopyInput elsewhere =
        new ScheduledCopyInput(
            input.schedule(), input.batch(), input.manifest(), input.plan(), "another");

    assertThatThrownBy(() -> copy(elsewhere))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failed -> {
              assertThat(failed.getType()).isEqualTo(Refusal.STORE_MISMATCH.type());
              assertThat(failed.isNonRetryable()).isFalse();
            });
  }
}
