package dev.repofleet.artifacts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Notes in a bucket that say which objects somebody is about to delete, in place of a lock. Each
 * who deletes has one of its own. Thread-safe; failures are those of the client.
 */
final class S3SweepNotes {
  private static final String FOLDER = "tmp/sweeping/";

  /** Longer than any deletion takes: an older note was left by a process that died. */
  private static final Duration HOLDS = Duration.ofMinutes(10);

  private final S3Client s3;
  private final S3Upload upload;
  private final String bucket;
  private final String prefix;

  S3SweepNotes(S3Client s3, S3Upload upload, String bucket, String prefix) {
    this.s3 = s3;
    this.upload = upload;
    this.bucket = bucket;
    this.prefix = prefix;
  }

  boolean isBeingDeleted(String objectKey) {
    Instant dead = Instant.now().minus(HOLDS);
    return s3
        .listObjectsV2(request -> request.bucket(bucket).prefix(folder(objectKey)))
        .contents()
        .stream()
        .anyMatch(note -> note.lastModified().isAfter(dead));
  }

  /** Does it while a note stands. */
  <T> T during(String objectKey, Supplier<T> deletion) {
    String note = folder(objectKey) + UUID.randomUUID();
    try (Spool nothing = Spool.of(InputStream.nullInputStream())) {
      upload.send(note, nothing, false);
      return deletion.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      remove(note);
    }
  }

  /** Also by a thread that was told to stop: a note that is left makes others wait. */
  private void remove(String note) {
    boolean interrupted = Thread.interrupted();
    try {
      s3.deleteObject(request -> request.bucket(bucket).key(note));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private String folder(String objectKey) {
    return prefix + FOLDER + StoreNames.hash(objectKey) + "/";
  }
}
