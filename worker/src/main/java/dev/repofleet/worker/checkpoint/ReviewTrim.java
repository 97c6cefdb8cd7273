package dev.repofleet.worker.checkpoint;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.LivePiece;
import dev.repofleet.artifacts.StoredArtifact;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is superfluous once a review's result is written: all checkpoints of a turn but the
 * greatest, which a follow-up or a Reset goes on from, and the live view, which the events have.
 * Thread-safe.
 *
 * <p>Only names are deleted: what they referred to goes when the store is swept. An attempt that
 * comes late, when a follow-up is at work, touches nothing of the follow-up's turn.
 */
public final class ReviewTrim {
  private static final Logger log = LoggerFactory.getLogger(ReviewTrim.class);

  /** Who looks on does so every second; the last pieces must still be there for them. */
  private static final Duration LOOKED_AT = Duration.ofMinutes(1);

  /** A slow store must not hold up the review's end; the rest goes with the session's age. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final ArtifactStore store;
  private final InstantSource clock;

  /** Deletes in {@code store}, by the ages that it tells. */
  public ReviewTrim(ArtifactStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Deletes for 20 seconds at most; what stays, and a store that fails, is no error.
   *
   * @param turns that have ended and are in the result
   */
  public void trim(String batch, String key, int generation, Set<Integer> turns) {
    Instant began = clock.instant();
    try {
      CheckpointRecords records = new CheckpointRecords(store, batch, key, generation);
      List<String> superfluous = new ArrayList<>();
      turns.forEach(turn -> superfluous.addAll(records.superfluous(turn)));
      store.visit(
          ArtifactPaths.liveFolder(batch, key),
          piece -> {
            if (isOf(piece, generation, turns)
                && piece.storedAt().isBefore(began.minus(LOOKED_AT))) {
              superfluous.add(piece.uri());
            }
          });
      for (String uri : superfluous) {
        if (clock.instant().isAfter(began.plus(LIMIT))) {
          return;
        }
        store.delete(uri);
      }
    } catch (ArtifactException e) {
      log.warn("What is superfluous of {} stays in the store: {}", key, e.getMessage());
    }
  }

  private static boolean isOf(StoredArtifact piece, int generation, Set<Integer> turns) {
    return LivePiece.named(piece.uri())
        .filter(it -> it.generation() == generation && turns.contains(it.turn()))
        .isPresent();
  }
}
