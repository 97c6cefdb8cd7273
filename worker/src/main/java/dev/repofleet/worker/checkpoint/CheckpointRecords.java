package dev.repofleet.worker.checkpoint;

import dev.repofleet.artifacts.ArtifactConflictException;
import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactTooLongException;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The manifests of one review's checkpoints in the store. Thread-safe. */
final class CheckpointRecords {
  private static final Logger log = LoggerFactory.getLogger(CheckpointRecords.class);

  private static final long MAX_BYTES = 1 << 20;

  private static final Pattern NAME = Pattern.compile(".*/(\\d{1,9})/\\d{1,9}-\\d{1,18}\\.json");

  /** A turn that had ended stands above all that was saved while it ran. */
  private static final Comparator<Found> GREATEST_FIRST =
      Comparator.comparing((Found found) -> found.checkpoint().ended())
          .thenComparing(found -> found.checkpoint().incarnation())
          .thenComparing(found -> found.checkpoint().offset())
          .reversed();

  private final ArtifactStore store;
  private final String batch;
  private final String key;
  private final int generation;

  CheckpointRecords(ArtifactStore store, String batch, String key, int generation) {
    this.store = store;
    this.batch = batch;
    this.key = key;
    this.generation = generation;
  }

  /** A manifest and where it is. */
  record Found(String uri, Checkpoint checkpoint) {}

  /**
   * Writes the manifest, whose files are in the store. One of a turn that runs never replaces what
   * has its name: that is one as good, or the turn's end.
   */
  String keep(Checkpoint checkpoint) {
    String path = path(checkpoint);
    byte[] json = ArtifactJson.pretty(checkpoint);
    if (checkpoint.ended()) {
      return store.putNamed(path, json).uri();
    }
    try {
      return store.createNamed(path, json).uri();
    } catch (ArtifactConflictException e) {
      return ArtifactUri.of(path);
    }
  }

  private String path(Checkpoint checkpoint) {
    return ArtifactPaths.checkpoint(
        batch,
        key,
        checkpoint.generation(),
        checkpoint.turn(),
        checkpoint.incarnation(),
        checkpoint.offset());
  }

  /** The turns that have checkpoints, the last one first. */
  List<Integer> turns() {
    return store.list(ArtifactPaths.checkpointFolder(batch, key, generation)).stream()
        .map(NAME::matcher)
        .filter(Matcher::matches)
        .map(name -> Integer.valueOf(name.group(1)))
        .distinct()
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** The readable checkpoints of a turn, the greatest first; the others are told and left out. */
  List<Found> of(int turn) {
    List<Found> found = new ArrayList<>();
    for (String uri : store.list(ArtifactPaths.checkpointFolder(batch, key, generation, turn))) {
      if (NAME.matcher(uri).matches()) {
        read(uri).ifPresent(found::add);
      }
    }
    found.sort(GREATEST_FIRST);
    return found;
  }

  /**
   * Those of a turn that stand below the greatest one that is whole: once the turn's review has
   * ended nobody asks for them any more.
   */
  List<String> superfluous(int turn) {
    List<Found> found = of(turn);
    for (int i = 0; i < found.size(); i++) {
      if (unreadable(found.get(i).checkpoint()).isEmpty()) {
        return found.subList(i + 1, found.size()).stream().map(Found::uri).toList();
      }
    }
    return List.of();
  }

  private Optional<Found> read(String uri) {
    try {
      Checkpoint checkpoint = ArtifactJson.read(store, uri, Checkpoint.class, MAX_BYTES);
      if (!ArtifactUri.of(path(checkpoint)).equals(uri) || checkpoint.generation() != generation) {
        log.warn("The checkpoint {} is of another turn than its name says: skipped", uri);
        return Optional.empty();
      }
      return Optional.of(new Found(uri, checkpoint));
    } catch (ArtifactNotFoundException | ArtifactCorruptException | ArtifactTooLongException e) {
      log.warn("The checkpoint {} can't be read: skipped ({})", uri, e.getMessage());
      return Optional.empty();
    }
  }

  /** Why it can't be restored; empty when all of it is there. */
  Optional<String> missing(Checkpoint checkpoint, String commit, String sessionId) {
    if (!checkpoint.commit().equals(commit)) {
      return Optional.of("it is of commit " + checkpoint.commit() + ", not " + commit);
    }
    if (!checkpoint.sessionId().equals(sessionId)) {
      return Optional.of("it is of session " + checkpoint.sessionId() + ", not " + sessionId);
    }
    return unreadable(checkpoint);
  }

  private Optional<String> unreadable(Checkpoint checkpoint) {
    try {
      store.open(checkpoint.transcript()).close();
      if (checkpoint.patch().isPresent()) {
        store.open(checkpoint.patch().get()).close();
      }
      return Optional.empty();
    } catch (ArtifactNotFoundException | ArtifactCorruptException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the result of its turn was kept, without which the turn's end is nobody's. */
  boolean hasResult(Checkpoint checkpoint) {
    String path = ArtifactPaths.turnResult(batch, key, generation, checkpoint.turn());
    Optional<byte[]> json = store.readIfPresent(ArtifactUri.of(path), MAX_BYTES);
    if (json.isEmpty()) {
      return false;
    }
    String asked = ArtifactJson.read(json.get(), Result.class, path).asked();
    return asked == null || checkpoint.asked() == null || asked.equals(checkpoint.asked());
  }

  /** As much of a turn's result as is asked for here. */
  private record Result(@Nullable String asked) {}
}
