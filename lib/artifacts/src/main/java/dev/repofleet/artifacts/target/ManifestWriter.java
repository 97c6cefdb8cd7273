package dev.repofleet.artifacts.target;

import dev.repofleet.artifacts.ArtifactConflictException;
import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes the manifest of a batch or a schedule, row by row; for one thread.
 *
 * <p>The rows gather in a temporary file. Only {@link #finish} puts the manifest into the store;
 * the creator closes the writer in any case.
 */
public final class ManifestWriter implements AutoCloseable {
  private final ArtifactStore store;
  private final @Nullable String path;
  private final Path temporary;
  private final BufferedWriter out;
  private int count;

  /**
   * Begins the manifest of a batch.
   *
   * @throws ArtifactException when no temporary file can be written
   */
  public ManifestWriter(ArtifactStore store, String batch) {
    this(store, ArtifactUri.requirePath(ArtifactPaths.manifest(batch)), "batch " + batch);
  }

  /**
   * Begins the manifest of a schedule.
   *
   * @param creation as of {@link ArtifactPaths#scheduleManifest}
   * @throws ArtifactException when no temporary file can be written
   */
  public static ManifestWriter ofSchedule(ArtifactStore store, String schedule, String creation) {
    return new ManifestWriter(
        store,
        ArtifactUri.requirePath(ArtifactPaths.scheduleManifest(schedule, creation)),
        "schedule " + schedule);
  }

  /**
   * Begins a manifest that is stored by its content alone, as of targets that a batch has yet to
   * take in.
   *
   * @throws ArtifactException when no temporary file can be written
   */
  public static ManifestWriter unnamed(ArtifactStore store) {
    return new ManifestWriter(store, null, "more targets");
  }

  private ManifestWriter(ArtifactStore store, @Nullable String path, String what) {
    this.store = store;
    this.path = path;
    try {
      temporary = Files.createTempFile("repofleet-manifest-", ".jsonl");
      out = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ArtifactException("cannot begin the manifest of " + what + ": " + e, e);
    }
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException when its index is not the number of rows before it
   */
  public void add(TargetRow row) {
    if (row.index() != count) {
      throw new IllegalArgumentException(
          "row " + row.key() + " has index " + row.index() + ", expected " + count);
    }
    try {
      out.write(ArtifactJson.line(row));
      out.write('\n');
      count++;
    } catch (IOException e) {
      throw new ArtifactException("cannot write the manifest " + temporary + ": " + e, e);
    }
  }

  /**
   * Puts the manifest into the store, once and for all.
   *
   * @throws ArtifactConflictException when the batch or schedule already has another manifest
   */
  public ManifestRef finish() {
    try {
      out.close();
    } catch (IOException e) {
      throw new ArtifactException("cannot write the manifest " + temporary + ": " + e, e);
    }
    ArtifactRef written = path == null ? store.put(temporary) : store.createNamed(path, temporary);
    return new ManifestRef(written.uri(), written.sha256(), count);
  }

  /** Removes the temporary file; what {@link #finish} stored stays. */
  @Override
  public void close() {
    try {
      out.close();
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw new ArtifactException("cannot remove " + temporary + ": " + e, e);
    }
  }
}
