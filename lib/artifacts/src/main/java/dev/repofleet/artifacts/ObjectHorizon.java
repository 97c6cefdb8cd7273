package dev.repofleet.artifacts;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;

/**
 * The time before which an object was stored by nobody who may still name it.
 *
 * <p>A batch's records are stored before anything else of it, and what only the history of a
 * workflow refers to gets its name at a review's end. So as long as a batch has no result, or a
 * workflow of it is open, all that was stored since it began stays.
 */
public final class ObjectHorizon {
  /** A batch without a result of which nothing came for so long ended in silence. */
  public static final Duration ABANDONED = Duration.ofDays(30);

  private ObjectHorizon() {}

  /**
   * The time.
   *
   * @param now by the store's clock
   * @param grace between storing an object and naming it, where no batch stands for it
   * @param batches in the store
   * @param open ids of the batches known to have open workflows
   */
  public static Instant of(
      ArtifactStore store,
      Instant now,
      Duration grace,
      Collection<StoredBatch> batches,
      Set<String> open) {
    Instant horizon = now.minus(grace);
    for (StoredBatch batch : batches) {
      boolean counts =
          open.contains(batch.batch()) || (batch.endedAt() == null && !isLeft(store, batch, now));
      if (counts && batch.begunAt().isBefore(horizon)) {
        horizon = batch.begunAt();
      }
    }
    return horizon;
  }

  private static boolean isLeft(ArtifactStore store, StoredBatch batch, Instant now) {
    Instant before = now.minus(ABANDONED);
    return batch.deleting()
        || (batch.touchedAt().isBefore(before) && batch.lastWrittenAt(store).isBefore(before));
  }
}
