package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactConflictException;
import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.NamedCopy;
import dev.repofleet.worker.activity.StoreIdentity;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.activities.schedule.ScheduleActivities;
import dev.repofleet.workflows.activities.schedule.ScheduledCopyInput;
import dev.repofleet.workflows.activities.schedule.ScheduledCopyOutcome;
import dev.repofleet.workflows.order.ManifestRef;

/** Gives each batch of a schedule its own copy of what all of them begin with. Thread-safe. */
public final class ScheduleActivitiesImpl implements ScheduleActivities {
  private final ArtifactStore store;

  /** Within a store. */
  public ScheduleActivitiesImpl(ArtifactStore store) {
    this.store = store;
  }

  @Override
  public ScheduledCopyOutcome copyScheduled(ScheduledCopyInput input) {
    StoreIdentity.require(store, input.storeId());
    String batch = input.batch();
    PlanRef plan = input.plan();
    ManifestRef manifest = input.manifest();
    try {
      // The plan first, as a starter does: it is small, and tells at once whether the id is taken.
      ArtifactRef planCopy =
          NamedCopy.create(store, plan.uri(), plan.sha256(), ArtifactPaths.plan(batch));
      ArtifactRef manifestCopy =
          NamedCopy.create(store, manifest.uri(), manifest.sha256(), ArtifactPaths.manifest(batch));
      return new ScheduledCopyOutcome(
          new ManifestRef(manifestCopy.uri(), manifestCopy.sha256(), manifest.count()),
          new PlanRef(planCopy.uri(), planCopy.sha256(), plan.name()));
    } catch (ArtifactConflictException e) {
      throw Refusal.BATCH_EXISTS.because(
          "there is a batch " + batch + " already, of other targets or another plan");
    } catch (ArtifactNotFoundException | ArtifactCorruptException e) {
      throw Refusal.SCHEDULE_GONE.because(
          "schedule "
              + input.schedule()
              + " has lost what its batches begin with ("
              + e.getMessage()
              + "): it was deleted before this run began; if not, delete it and create it anew");
    }
  }
}
