package dev.repofleet.worker.retention;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactTooLongException;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.BatchFiles;
import dev.repofleet.artifacts.ObjectHorizon;
import dev.repofleet.artifacts.ObjectSweep;
import dev.repofleet.artifacts.StoredAmount;
import dev.repofleet.artifacts.StoredArtifact;
import dev.repofleet.artifacts.StoredBatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes from a store what its {@link Retention} no longer keeps, and once a day the objects that
 * nobody refers to.
 *
 * <p>Any number of workers may do so at once: deleting what is gone is no error. A note in the
 * store keeps them from doing it all over again. For one thread.
 */
public final class Housekeeping {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

  private static final String NOTE = "housekeeping/last.json";
  private static final long MAX_NOTE = 1 << 16;

  private static final Duration EVERY = Duration.ofHours(1);

  /** It reads every document of the store. */
  private static final Duration SWEEP_EVERY = Duration.ofDays(1);

  /** From storing an object to naming it, where no batch of this store stands for it. */
  private static final Duration GRACE = Duration.ofDays(1);

  private final ArtifactStore store;
  private final OpenBatches workflows;
  private final Retention retention;
  private final InstantSource clock;

  /** Nothing happens yet. */
  public Housekeeping(
      ArtifactStore store, OpenBatches workflows, Retention retention, InstantSource clock) {
    this.store = store;
    this.workflows = workflows;
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * When rounds were begun in this store.
   *
   * @param at the last of all
   * @param sweptAt the last that swept the objects to the end; absent before the first
   */
  record Note(Instant at, @Nullable Instant sweptAt) {
    Note {
      Objects.requireNonNull(at, "at");
    }
  }

  /**
   * One round, unless somebody began one within the hour. Blocks for as long as it lasts: minutes
   * in a large store. What can't be deleted of one batch keeps nobody from the others.
   *
   * @throws RuntimeException when the store or Temporal fails; the next round does the rest
   */
  public void round() {
    Instant now = clock.instant();
    Optional<Note> last = note(now);
    if (last.isPresent() && last.get().at().isAfter(now.minus(EVERY))) {
      return;
    }
    Instant sweptAt = last.map(Note::sweptAt).orElse(null);
    write(new Note(now, sweptAt));
    Set<String> open = workflows.listed();
    @Nullable ArtifactException left = null;
    for (StoredBatch batch : StoredBatch.all(store).values()) {
      try {
        if (!open.contains(batch.batch())) {
          careFor(batch, now);
        }
      } catch (ArtifactException e) {
        requireGoingOn(e);
        log.warn("Batch {} can't be cared for: {}", batch.batch(), e.getMessage());
        left = e;
      }
    }
    if (sweptAt == null || sweptAt.isBefore(now.minus(SWEEP_EVERY))) {
      sweep(now, open);
      write(new Note(now, now));
    }
    if (left != null) {
      throw left;
    }
  }

  /** A store that is away as a whole, and a round that is let go of, are no single batch's. */
  private void requireGoingOn(ArtifactException failure) {
    if (Thread.currentThread().isInterrupted()) {
      throw failure;
    }
    store.exists(ArtifactUri.of(NOTE));
  }

  /** None where it is damaged, or of a time that is still to come: then it is written anew. */
  private Optional<Note> note(Instant now) {
    try {
      return store
          .readIfPresent(ArtifactUri.of(NOTE), MAX_NOTE)
          .map(json -> ArtifactJson.read(json, Note.class, NOTE))
          .filter(note -> !note.at().isAfter(now.plus(EVERY)));
    } catch (ArtifactCorruptException | ArtifactTooLongException e) {
      log.warn("The note of the last round is written anew: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private void write(Note note) {
    store.putNamed(NOTE, ArtifactJson.pretty(note));
  }

  private void careFor(StoredBatch batch, Instant now) {
    Optional<Instant> end = end(batch, now);
    if (end.isEmpty()) {
      return;
    }
    if (isOver(end.get(), retention.batches(), now)) {
      delete(batch, now);
    } else if (isOver(end.get(), retention.checkpoints(), now)
        && (!batch.expired() || hasCheckpoints(batch))) {
      expire(batch, now);
    }
  }

  private static boolean isOver(Instant end, @Nullable Duration kept, Instant now) {
    return kept != null && end.isBefore(now.minus(kept));
  }

  /** One that left no result ended with the last that came of it, if that is long ago. */
  private Optional<Instant> end(StoredBatch batch, Instant now) {
    if (batch.endedAt() != null) {
      return Optional.of(batch.touchedAt());
    }
    Instant before = now.minus(ObjectHorizon.ABANDONED);
    return batch.touchedAt().isBefore(before)
        ? Optional.of(batch.lastWrittenAt(store)).filter(last -> last.isBefore(before))
        : Optional.empty();
  }

  private boolean hasCheckpoints(StoredBatch batch) {
    // Folders alone may be left by a process that was killed.
    return !store.list(ArtifactPaths.checkpointsFolder(batch.batch())).isEmpty();
  }

  private void expire(StoredBatch batch, Instant now) {
    String id = batch.batch();
    String mark = ArtifactPaths.expired(id);
    store.putNamed(mark, ArtifactJson.pretty(Map.of("at", now)));
    if (isGoneOnWith(batch)) {
      if (!batch.expired()) {
        store.delete(ArtifactUri.of(mark));
      }
      return;
    }
    Freed freed = new Freed();
    store.visit(
        ArtifactPaths.reviewsFolder(id),
        artifact -> {
          if (ArtifactPaths.isOfSession(id, artifact.uri())) {
            freed.delete(artifact);
          }
        });
    // Last: while there are any, the next round goes on.
    store.visit(ArtifactPaths.checkpointsFolder(id), freed::delete);
    log.info("The sessions of batch {} have expired: {} files deleted", id, freed.amount.files());
  }

  private void delete(StoredBatch batch, Instant now) {
    BatchFiles files = new BatchFiles(store, batch.batch());
    boolean nothingDeleted = files.mark(now);
    if (isGoneOnWith(batch)) {
      if (nothingDeleted) {
        files.unmark();
      }
      return;
    }
    log.info(
        "The artifacts of batch {} are deleted by their age: {} files",
        batch.batch(),
        files.deleteNamed().files());
  }

  /**
   * Whether somebody goes on with a review after all. Who begins a follow-up leaves a note first
   * and looks for the marks then; here it is the other way round, so that one sees the other.
   */
  private boolean isGoneOnWith(StoredBatch batch) {
    String id = batch.batch();
    Set<String> keys = new TreeSet<>(store.folders(ArtifactPaths.reviewsFolder(id)));
    keys.addAll(store.folders(ArtifactPaths.checkpointsFolder(id)));
    return StoredBatch.find(store, id)
            .filter(again -> again.touchedAt().isAfter(batch.touchedAt()))
            .isPresent()
        || workflows.isOpen(id, keys);
  }

  private void sweep(Instant now, Set<String> open) {
    Instant before = ObjectHorizon.of(store, now, GRACE, StoredBatch.all(store).values(), open);
    StoredAmount deleted = new ObjectSweep(store, false).all(before).deleted();
    log.info(
        "The artifact store was swept: {} objects, {} bytes, that nobody refers to are deleted",
        deleted.files(),
        deleted.bytes());
  }

  /** What was deleted. */
  private final class Freed {
    private StoredAmount amount = StoredAmount.NONE;

    private void delete(StoredArtifact artifact) {
      if (store.delete(artifact.uri())) {
        amount = amount.plus(artifact);
      }
    }
  }
}
