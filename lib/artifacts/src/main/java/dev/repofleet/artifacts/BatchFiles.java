package dev.repofleet.artifacts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * All that is stored under one batch's name, for who deletes it. Whether the batch still runs is
 * the caller's to know. Thread-safe.
 */
public final class BatchFiles {
  private final ArtifactStore store;
  private final String batch;
  private final List<String> folders;

  /** Of a batch in a store. */
  public BatchFiles(ArtifactStore store, String batch) {
    this.store = store;
    this.batch = batch;
    // The records last: they are what a person looks for.
    this.folders =
        List.of(
            ArtifactPaths.reviewsFolder(batch),
            ArtifactPaths.checkpointsFolder(batch),
            ArtifactPaths.batchFolder(batch));
  }

  /**
   * What was deleted, or would be.
   *
   * @param named artifacts under the batch's name
   * @param objects they referred to
   */
  public record Deleted(StoredAmount named, ObjectSweep.Found objects) {}

  /**
   * Says that the batch is being deleted.
   *
   * @param by of the one who began it alone
   */
  private record Mark(Instant at, String by) {}

  /** Shows each named artifact; the visitor may delete it. */
  void visit(Consumer<StoredArtifact> visitor) {
    folders.forEach(folder -> store.visit(folder, visitor));
  }

  boolean holds(StoredArtifact artifact) {
    String path = ArtifactUri.path(artifact.uri());
    return folders.stream().anyMatch(folder -> path.startsWith(folder + "/"));
  }

  /** How much there is under the batch's name, beside the mark of who deletes it. */
  public StoredAmount amount() {
    Sum sum = new Sum();
    visit(sum::add);
    return sum.amount;
  }

  /**
   * Keeps follow-ups from being started from now on.
   *
   * @return whether there was no mark yet; where there was one, something may be deleted already.
   *     Of all who mark at a time one is the first
   */
  public boolean mark(Instant now) {
    // Nobody else writes the same, so that the same content once more is this very mark.
    String own = UUID.randomUUID().toString();
    try {
      store.createNamed(ArtifactPaths.deleting(batch), ArtifactJson.pretty(new Mark(now, own)));
      return true;
    } catch (ArtifactConflictException e) {
      return false;
    }
  }

  /** Takes back a mark that was the first: nothing was deleted. */
  public void unmark() {
    store.delete(ArtifactUri.of(ArtifactPaths.deleting(batch)));
  }

  /** What {@link #delete} would do. */
  public Deleted wouldDelete(Instant storedBefore) {
    return new Deleted(amount(), new ObjectSweep(store, true).ofBatch(this, storedBefore));
  }

  /**
   * Deletes all of it: first the objects that no other batch refers to, then what refers to them,
   * last the manifest. After a failure what is left is found by the same again.
   *
   * @param storedBefore younger objects stay for {@link ObjectSweep#all}: somebody may have stored
   *     the same and not named it yet
   */
  public Deleted delete(Instant storedBefore) {
    ObjectSweep.Found objects = new ObjectSweep(store, false).ofBatch(this, storedBefore);
    return new Deleted(deleteNamed(), objects);
  }

  /** As {@link #delete}, and leaves the objects to {@link ObjectSweep#all}. */
  public StoredAmount deleteNamed() {
    List<String> last =
        List.of(
            ArtifactUri.of(ArtifactPaths.deleting(batch)),
            ArtifactUri.of(ArtifactPaths.manifest(batch)));
    Sum sum = new Sum();
    List<StoredArtifact> kept = new ArrayList<>();
    visit(
        artifact -> {
          if (last.contains(artifact.uri())) {
            kept.add(artifact);
          } else if (store.delete(artifact.uri())) {
            sum.add(artifact);
          }
        });
    for (String uri : last) {
      if (store.delete(uri)) {
        kept.stream().filter(artifact -> artifact.uri().equals(uri)).forEach(sum::add);
      }
    }
    return sum.amount;
  }

  private final class Sum {
    private StoredAmount amount = StoredAmount.NONE;

    private void add(StoredArtifact artifact) {
      if (!artifact.uri().equals(ArtifactUri.of(ArtifactPaths.deleting(batch)))) {
        amount = amount.plus(artifact);
      }
    }
  }
}
