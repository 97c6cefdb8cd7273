package dev.repofleet.artifacts.target;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.Parts;
import dev.repofleet.artifacts.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a manifest by page; immutable, safe for many threads, holds nothing open.
 *
 * <p>Opening reads the manifest once, checks it against its reference, and remembers where every
 * {@value #STEP}th row begins; a page then costs what it holds. Keep one reader a manifest.
 */
public final class ManifestReader {
  private static final int STEP = 64;

  /** Above this a page would not fit an activity's result. */
  private static final int MAX_PAGE = 1000;

  private static final int BUFFER = 64 * 1024;

  private final ArtifactStore store;
  private final ManifestRef manifest;
  private final long[] starts;

  private ManifestReader(ArtifactStore store, ManifestRef manifest, long[] starts) {
    this.store = store;
    this.manifest = manifest;
    this.starts = starts;
  }

  /**
   * Opens a manifest.
   *
   * @throws ArtifactNotFoundException when the store has none: perhaps it is another store
   * @throws ArtifactCorruptException when it is not what the reference says
   */
  public static ManifestReader open(ArtifactStore store, ManifestRef manifest) {
    Index index = index(store, manifest.uri());
    if (!index.sha256().equals(manifest.sha256())) {
      throw new ArtifactCorruptException(
          "the manifest " + manifest.uri() + " is damaged: its SHA-256 differs");
    }
    if (index.rows != manifest.count()) {
      throw new ArtifactCorruptException(
          "the manifest "
              + manifest.uri()
              + " has "
              + index.rows
              + " rows in place of "
              + manifest.count());
    }
    return new ManifestReader(store, manifest, Arrays.copyOf(index.starts, index.used));
  }

  /**
   * Opens a manifest as it lies there, unchecked.
   *
   * @throws ArtifactNotFoundException when the store has none
   */
  public static ManifestReader unchecked(ArtifactStore store, String uri) {
    Index index = index(store, uri);
    return new ManifestReader(
        store,
        new ManifestRef(uri, index.sha256(), index.rows),
        Arrays.copyOf(index.starts, index.used));
  }

  private static Index index(ArtifactStore store, String uri) {
    Index index = new Index();
    try (InputStream in = store.open(uri)) {
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        index.add(buffer, read);
      }
    } catch (IOException e) {
      throw new ArtifactException("cannot read the manifest " + uri + ": " + e, e);
    }
    return index;
  }

  /** What the reader was opened with. */
  public ManifestRef manifest() {
    return manifest;
  }

  /**
   * The rows from {@code offset} on, at most {@code limit} of them; empty behind the end.
   *
   * @param limit from 1 to 1,000
   * @throws ArtifactCorruptException that names a row which is not valid: the file was changed
   *     since it was opened
   */
  public List<TargetRow> readPage(long offset, int limit) {
    Parts.notNegative(offset, "offset");
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException(
          "limit must be from 1 to " + MAX_PAGE + ", but is " + limit);
    }
    if (offset >= manifest.count()) {
      return List.of();
    }
    long start = starts[(int) (offset / STEP)];
    try (InputStream in = store.open(manifest.uri(), start);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), BUFFER)) {
      return rows(reader, offset, (int) Math.min(limit, manifest.count() - offset));
    } catch (IOException e) {
      throw new ArtifactException("cannot read the manifest " + manifest.uri() + ": " + e, e);
    }
  }

  private List<TargetRow> rows(BufferedReader reader, long offset, int count) throws IOException {
    for (long skipped = offset % STEP; skipped > 0; skipped--) {
      reader.readLine();
    }
    List<TargetRow> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = manifest.uri() + " row " + (offset + i);
      String line = reader.readLine();
      if (line == null) {
        throw new ArtifactCorruptException(name + " is missing: the manifest was cut short");
      }
      TargetRow row = ArtifactJson.read(line, TargetRow.class, name);
      if (row.index() != offset + i) {
        throw new ArtifactCorruptException(
            name + " says it is row " + row.index() + ": the manifest was changed");
      }
      rows.add(row);
    }
    return List.copyOf(rows);
  }

  /** Counts rows and remembers where some begin, byte by byte. */
  private static final class Index {
    private final MessageDigest digest = Sha256.digest();
    private long[] starts = new long[16];
    private int used = 1;
    private long position;
    private long rows;

    void add(byte[] buffer, int length) {
      digest.update(buffer, 0, length);
      for (int i = 0; i < length; i++) {
        position++;
        if (buffer[i] == '\n' && ++rows % STEP == 0) {
          if (used == starts.length) {
            starts = Arrays.copyOf(starts, used * 2);
          }
          starts[used++] = position;
        }
      }
    }

    String sha256() {
      return Sha256.hex(digest.digest());
    }
  }
}
