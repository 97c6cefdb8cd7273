package dev.repofleet.artifacts;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the names and ages in a store tell of a batch's life; nothing is opened for it.
 *
 * @param batch its id
 * @param begunAt when the first of its records was stored, before anything else of it
 * @param endedAt when its result was stored last, by its end or a follow-up; absent without one,
 *     and when somebody wanted the batch to go on since
 * @param touchedAt when the last of its records was stored, by its start, its end or a follow-up
 * @param expired whether its sessions can no longer be gone on with
 * @param deleting whether somebody has begun to delete it
 */
public record StoredBatch(
    String batch,
    Instant begunAt,
    @Nullable Instant endedAt,
    Instant touchedAt,
    boolean expired,
    boolean deleting) {

  /** All that have records in the store, by their ids. */
  public static Map<String, StoredBatch> all(ArtifactStore store) {
    Map<String, Life> lives = new TreeMap<>();
    store.visit(
        ArtifactPaths.BATCHES,
        artifact -> {
          String[] parts = ArtifactUri.path(artifact.uri()).split("/", 3);
          if (parts.length == 3) {
            lives.computeIfAbsent(parts[1], unused -> new Life()).add(artifact, parts[2]);
          }
        });
    Map<String, StoredBatch> batches = new TreeMap<>();
    lives.forEach((batch, life) -> life.of(batch).ifPresent(it -> batches.put(batch, it)));
    return batches;
  }

  /** One of them; empty when the store has no records of it. */
  public static Optional<StoredBatch> find(ArtifactStore store, String batch) {
    Life life = new Life();
    String folder = ArtifactPaths.batchFolder(batch);
    store.visit(
        folder,
        artifact ->
            life.add(artifact, ArtifactUri.path(artifact.uri()).substring(folder.length() + 1)));
    return life.of(batch);
  }

  /** When anything was last stored of the batch, its reviews' results and checkpoints included. */
  public Instant lastWrittenAt(ArtifactStore store) {
    Instant[] last = {touchedAt};
    for (String folder :
        new String[] {ArtifactPaths.reviewsFolder(batch), ArtifactPaths.checkpointsFolder(batch)}) {
      store.visit(
          folder,
          artifact -> {
            if (artifact.storedAt().isAfter(last[0])) {
              last[0] = artifact.storedAt();
            }
          });
    }
    return last[0];
  }

  /** What was seen of a batch so far. */
  private static final class Life {
    private @Nullable Instant begunAt;
    private @Nullable Instant endedAt;
    private @Nullable Instant touchedAt;
    private @Nullable Instant reopenedAt;
    private boolean expired;
    private boolean deleting;

    private void add(StoredArtifact artifact, String name) {
      Instant at = artifact.storedAt();
      switch (name) {
        case "expired.json" -> expired = true;
        case "deleting.json" -> deleting = true;
        default -> {
          begunAt = begunAt == null || at.isBefore(begunAt) ? at : begunAt;
          touchedAt = touchedAt == null || at.isAfter(touchedAt) ? at : touchedAt;
          if (name.equals("batch.json")) {
            endedAt = at;
          } else if (name.equals("reopened.json")) {
            reopenedAt = at;
          }
        }
      }
    }

    private Optional<StoredBatch> of(String batch) {
      if (begunAt == null || touchedAt == null) {
        return Optional.empty();
      }
      boolean goesOn = endedAt != null && reopenedAt != null && reopenedAt.isAfter(endedAt);
      return Optional.of(
          new StoredBatch(batch, begunAt, goesOn ? null : endedAt, touchedAt, expired, deleting));
    }
  }
}
