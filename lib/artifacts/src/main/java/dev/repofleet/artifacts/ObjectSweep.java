package dev.repofleet.artifacts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Deletes content-addressed objects that no named artifact refers to. Reads all documents of the
 * store and looks at the age of all its objects; holds eight bytes for each.
 *
 * <p>Who stores an object and names it later is safe as long as the sweep is told a time before
 * that: an object is as young as the last time it was stored. For one thread.
 */
public final class ObjectSweep {
  private static final Pattern OBJECT = Pattern.compile("artifact:objects/../([0-9a-f]{64})");

  private final ArtifactStore store;
  private final boolean dry;

  /**
   * A sweep of a store.
   *
   * @param dry only counts what would be deleted
   */
  public ObjectSweep(ArtifactStore store, boolean dry) {
    this.store = store;
    this.dry = dry;
  }

  /**
   * What a sweep found.
   *
   * @param deleted nobody refers to them
   * @param shared others refer to them
   * @param young nobody refers to them, but they were stored too lately
   */
  public record Found(StoredAmount deleted, StoredAmount shared, StoredAmount young) {}

  /**
   * Sweeps all objects. Safe at any time, and may be done by several at once.
   *
   * @param storedBefore younger ones stay
   * @throws ArtifactException when a document can't be read; nothing was deleted then
   */
  public Found all(Instant storedBefore) {
    return among(null, referred(artifact -> true), storedBefore);
  }

  /** As {@link #all}, of the objects alone that a batch's documents refer to, if nobody else's. */
  Found ofBatch(BatchFiles files, Instant storedBefore) {
    ObjectHashes own = new ObjectHashes();
    files.visit(artifact -> ObjectReferences.in(store, artifact, own::add));
    return among(own, referred(artifact -> !files.holds(artifact)), storedBefore);
  }

  private ObjectHashes referred(Predicate<StoredArtifact> documents) {
    ObjectHashes referred = new ObjectHashes();
    // First what is copied from, then what is copied to: one of the two is always seen.
    List<String> folders = new ArrayList<>(List.of(ArtifactPaths.SCHEDULES));
    store.folders("").stream()
        .filter(folder -> !folder.equals(ArtifactPaths.SCHEDULES))
        .forEach(folders::add);
    for (String folder : folders) {
      store.visit(
          folder,
          artifact -> {
            if (documents.test(artifact)) {
              ObjectReferences.in(store, artifact, referred::add);
            }
          });
    }
    return referred;
  }

  private Found among(@Nullable ObjectHashes candidates, ObjectHashes referred, Instant before) {
    Counts counts = new Counts();
    store.visit(
        "objects",
        object -> {
          Matcher name = OBJECT.matcher(object.uri());
          if (!name.matches() || (candidates != null && !candidates.contains(name.group(1)))) {
            return;
          }
          if (referred.contains(name.group(1))) {
            counts.shared = counts.shared.plus(object);
          } else if (object.storedAt().isBefore(before) && deleted(object, before)) {
            counts.deleted = counts.deleted.plus(object);
          } else {
            counts.young = counts.young.plus(object);
          }
        });
    return new Found(counts.deleted, counts.shared, counts.young);
  }

  private boolean deleted(StoredArtifact object, Instant before) {
    return dry || store.deleteObject(object.uri(), before);
  }

  private static final class Counts {
    private StoredAmount deleted = StoredAmount.NONE;
    private StoredAmount shared = StoredAmount.NONE;
    private StoredAmount young = StoredAmount.NONE;
  }
}
