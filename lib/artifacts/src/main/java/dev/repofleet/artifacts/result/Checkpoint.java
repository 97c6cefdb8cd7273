package dev.repofleet.artifacts.result;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Parts;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of one checkpoint: what brings the work of a turn back in another sandbox. It is
 * written after all the files it names, so that one which can be read was once complete.
 *
 * @param schemaVersion 1
 * @param generation of the work
 * @param turn it was taken in
 * @param incarnation the turn's process that was at work, from 0
 * @param offset bytes of that process's output at the time
 * @param ended whether the turn's process had ended
 * @param sessionId of the agent
 * @param commit the changes are against
 * @param treeHash of the working tree with the changes
 * @param transcriptLength bytes the session's transcript had before the turn began: a restored one
 *     that is longer holds the turn's prompt
 * @param files {@link #TRANSCRIPT} always, {@link #PATCH} unless nothing was changed
 * @param at when it was taken, by the worker's clock
 * @param asked tells the turn's prompt from others that a turn of its number may have got; absent
 *     in manifests before it was kept
 */
public record Checkpoint(
    int schemaVersion,
    int generation,
    int turn,
    int incarnation,
    long offset,
    boolean ended,
    String sessionId,
    String commit,
    String treeHash,
    long transcriptLength,
    List<StoredFile> files,
    Instant at,
    @Nullable String asked) {
  /** The only version there is. */
  public static final int SCHEMA_VERSION = 1;

  /** Name of the session's transcript, gzipped. */
  public static final String TRANSCRIPT = "transcript.jsonl.gz";

  /** Name of the changes against the commit, for {@code git apply}. */
  public static final String PATCH = "changes.patch";

  /** Refuses another schema version, negative numbers, absent parts and a missing transcript. */
  public Checkpoint {
    Parts.schemaVersion(schemaVersion, SCHEMA_VERSION);
    Parts.notNegative(generation, "generation");
    Parts.notNegative(turn, "turn");
    Parts.notNegative(incarnation, "incarnation");
    Parts.notNegative(offset, "offset");
    Parts.text(sessionId, "sessionId");
    Parts.text(commit, "commit");
    Parts.text(treeHash, "treeHash");
    Parts.notNegative(transcriptLength, "transcriptLength");
    Objects.requireNonNull(at, "at is missing");
    files = Parts.list(files);
    if (files.stream().noneMatch(file -> file.name().equals(TRANSCRIPT))) {
      throw new IllegalArgumentException("a checkpoint needs " + TRANSCRIPT);
    }
  }

  /** The session's transcript, gzipped. */
  @JsonIgnore
  public ArtifactRef transcript() {
    return file(TRANSCRIPT).orElseThrow();
  }

  /** The changes; empty when the working tree was the commit's. */
  @JsonIgnore
  public Optional<ArtifactRef> patch() {
    return file(PATCH);
  }

  private Optional<ArtifactRef> file(String name) {
    return files.stream()
        .filter(file -> file.name().equals(name))
        .map(file -> new ArtifactRef(file.uri(), file.sha256(), file.size()))
        .findFirst();
  }

  /**
   * A file of a checkpoint.
   *
   * @param name what it is
   * @param sha256 of its content
   * @param size in bytes
   * @param uri where the store keeps it
   */
  public record StoredFile(String name, String sha256, long size, String uri) {
    /** Refuses what is no reference to an artifact. */
    public StoredFile {
      Parts.text(name, "name");
      ArtifactUri.path(Parts.text(uri, "uri of " + name));
      ArtifactRef.requireSha256(Parts.text(sha256, "sha256 of " + name));
      Parts.notNegative(size, "size of " + name);
    }

    /** A stored artifact under its name in the checkpoint. */
    public static StoredFile of(String name, ArtifactRef stored) {
      return new StoredFile(name, stored.sha256(), stored.size(), stored.uri());
    }
  }
}
