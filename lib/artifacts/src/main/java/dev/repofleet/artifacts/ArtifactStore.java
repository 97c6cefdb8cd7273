package dev.repofleet.artifacts;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where everything too large or too private for a workflow's history is kept.
 *
 * <p>Objects are content-addressed and never change; names point readers to the few files that
 * people and later steps look for. A write is visible whole or not at all, and it is durable when
 * the method has returned. Implementations are safe for use by many threads and many processes at
 * once; nothing needs closing. All methods block and throw {@link ArtifactException} when the store
 * fails.
 */
public interface ArtifactStore {
  /**
   * The identity of this store: written once when it is first opened, the same for every process
   * that sees the same files. A worker that sees another identity than its batch must not go on.
   */
  String storeId();

  /**
   * Stores the bytes under their hash; storing them again is cheap and changes nothing but their
   * age, so that {@link #deleteObject} spares what is wanted once more.
   */
  ArtifactRef put(byte[] content);

  /** As {@link #put(byte[])}, streaming to the end of the stream, which the caller closes. */
  ArtifactRef put(InputStream content);

  /** As {@link #put(byte[])}, for a file outside the store. */
  ArtifactRef put(Path content);

  /** Writes or replaces a named artifact. */
  ArtifactRef putNamed(String path, byte[] content);

  /** As {@link #putNamed(String, byte[])}, for a file outside the store. */
  ArtifactRef putNamed(String path, Path content);

  /**
   * Writes a named artifact that must never change. The same content once more is no error.
   *
   * @throws ArtifactConflictException when the name stands for other content, which is kept
   */
  ArtifactRef createNamed(String path, byte[] content);

  /** As {@link #createNamed(String, byte[])}, for a file outside the store. */
  ArtifactRef createNamed(String path, Path content);

  /**
   * Gives an artifact that is already stored a name, replacing what the name stood for.
   *
   * @throws ArtifactNotFoundException when the object is not there
   * @throws ArtifactCorruptException when the object no longer has the size of the reference
   */
  ArtifactRef name(ArtifactRef object, String path);

  /**
   * Opens an artifact; the caller closes the stream. Of a content-addressed object the hash is
   * checked on the way: the read that would report the end throws instead.
   *
   * @throws ArtifactNotFoundException when there is none
   * @throws ArtifactCorruptException here for an empty object, from {@code read} for a damaged one
   */
  InputStream open(String uri);

  /** As {@link #open(String)}, for named artifacts too checked against the reference. */
  InputStream open(ArtifactRef ref);

  /**
   * Opens an artifact at a byte offset, unchecked: a part has no hash. An offset at or behind the
   * end gives an empty stream.
   */
  InputStream open(String uri, long offset);

  /**
   * The whole content.
   *
   * @throws ArtifactException when it is longer than {@code maxBytes}
   * @throws ArtifactNotFoundException when there is none
   */
  byte[] read(String uri, long maxBytes);

  /** As {@link #read(String, long)}, checked against the reference. */
  byte[] read(ArtifactRef ref, long maxBytes);

  /** As {@link #read(String, long)}, empty when there is no such artifact. */
  Optional<byte[]> readIfPresent(String uri, long maxBytes);

  /** Whether something is stored under this URI; says nothing about its content. */
  boolean exists(String uri);

  /**
   * The URIs below a folder of names, sorted, all levels deep; empty when there is no such folder.
   *
   * @param folder a path in the store without a closing slash, such as {@code reviews/<batch>}
   */
  List<String> list(String folder);

  /**
   * Shows all artifacts below a folder, all levels deep, in no order, without holding them all; the
   * visitor may delete what it is shown. What comes or goes meanwhile is shown or not.
   *
   * @param folder as for {@link #list}; {@code objects} for all content-addressed ones
   */
  void visit(String folder, Consumer<StoredArtifact> visitor);

  /**
   * The names of the folders right below a folder of names, sorted; empty when there is no such
   * folder.
   *
   * @param folder as for {@link #list}; empty for the top, whose content-addressed objects are no
   *     folder of names
   */
  List<String> folders(String folder);

  /**
   * Deletes a named artifact; objects go by {@link #deleteObject} alone. After a failure it may be
   * gone.
   *
   * @return whether it was there
   */
  boolean delete(String uri);

  /**
   * Deletes a content-addressed object, unless it was stored, or stored once more, at this time or
   * later. Whoever stores it while this goes on has it afterwards. That nobody refers to it is the
   * caller's to know.
   *
   * @return whether it was there and is gone
   */
  boolean deleteObject(String uri, Instant storedBefore);
}
