package dev.repofleet.artifacts;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An artifact store in a bucket of Amazon S3, or of a service that speaks its protocol with strong
 * consistency and conditional writes ({@code If-None-Match: *}).
 *
 * <p>S3 has no rename and no lock. A write is one request, or a multipart upload that becomes
 * visible by its last one. What must be written once is written under the condition that nothing is
 * there. An object that is stored again is copied onto itself, which makes it young; a note beside
 * it says while somebody is about to delete it, and who finds that note stores it again.
 */
public final class S3ArtifactStore extends StreamStore {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private static final int OUT_OF_RANGE = 416;
  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;

  /** The service copies no more by itself. */
  private static final long MOST_COPIED = 5_000_000_000L;

  /** Somebody else is writing the same name at this moment; the service asks to try again. */
  private static final int MOST_CONFLICTS = 10;

  private final S3Client s3;
  private final S3Upload upload;
  private final S3SweepNotes notes;
  private final String bucket;
  private final String prefix;
  private final String storeId;

  private S3ArtifactStore(S3Client s3, String bucket, String prefix) {
    this.s3 = s3;
    this.upload = new S3Upload(s3, bucket);
    this.notes = new S3SweepNotes(s3, upload, bucket, prefix);
    this.bucket = bucket;
    this.prefix = prefix;
    this.storeId = identity();
  }

  /**
   * Opens the store, and gives it its identity when it has none. Of several processes that do so at
   * once, all see the same.
   *
   * @param s3 stays the caller's; one that is closed ends the store
   * @param bucket that is there
   * @param prefix of all keys, without a slash at its end; empty for the whole bucket
   * @throws ArtifactException when the bucket is not there, or its service can't be reached or
   *     refuses the credentials
   */
  public static S3ArtifactStore open(S3Client s3, String bucket, String prefix) {
    return new S3ArtifactStore(
        s3, bucket, prefix.isEmpty() ? "" : ArtifactUri.requirePath(prefix) + "/");
  }

  private String identity() {
    String uri = ArtifactUri.of(StoreNames.STORE_FILE);
    byte[] made = ArtifactJson.pretty(new StoreNames.StoreFile(UUID.randomUUID().toString()));
    byte[] json =
        readIfPresent(uri, S3Upload.PART)
            .orElseGet(
                () -> {
                  try {
                    create(StoreNames.STORE_FILE, new ByteArrayInputStream(made));
                    return made;
                  } catch (ArtifactConflictException e) {
                    return read(uri, S3Upload.PART); // Another process was first.
                  }
                });
    return ArtifactJson.read(json, StoreNames.StoreFile.class, this + ", store.json").storeId();
  }

  @Override
  public String storeId() {
    return storeId;
  }

  @Override
  public ArtifactRef put(InputStream content) {
    return spooled(
        "an object",
        content,
        spool -> {
          String path = StoreNames.object(spool.sha256());
          String key = key(path);
          while (!isStored(key, spool)) {
            awaitSweep();
          }
          return spool.ref(path);
        });
  }

  /** Whether the object is there now, as young as a new one, and nobody is about to delete it. */
  private boolean isStored(String key, Spool spool) {
    Optional<HeadObjectResponse> there = head(key);
    // A damaged object has another size.
    boolean good = there.isPresent() && there.get().contentLength() == spool.size();
    if (good && notes.isBeingDeleted(key)) {
      return false;
    }
    if (!good || spool.size() > MOST_COPIED) {
      upload.send(key, spool, false);
    } else if (!renewed(key, spool)) {
      return false;
    }
    return !notes.isBeingDeleted(key) && head(key).isPresent();
  }

  private boolean renewed(String key, Spool spool) {
    try {
      s3.copyObject(
          request ->
              request
                  .sourceBucket(bucket)
                  .sourceKey(key)
                  .destinationBucket(bucket)
                  .destinationKey(key)
                  .metadataDirective(MetadataDirective.REPLACE)
                  .metadata(Map.of(S3Upload.SHA256, spool.sha256())));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private void awaitSweep() {
    try {
      Thread.sleep(LOOK_AGAIN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ArtifactException("interrupted while an object was stored in " + this, e);
    }
  }

  @Override
  ArtifactRef putNamed(String path, InputStream content) {
    String key = key(StoreNames.requireName(path));
    return spooled(
        ArtifactUri.of(path),
        content,
        spool -> {
          upload.send(key, spool, false);
          return spool.ref(path);
        });
  }

  @Override
  ArtifactRef createNamed(String path, InputStream content) {
    return create(StoreNames.requireName(path), content);
  }

  private ArtifactRef create(String path, InputStream content) {
    return spooled(
        ArtifactUri.of(path),
        content,
        spool -> {
          for (int attempt = 1; true; attempt++) {
            try {
              upload.send(key(path), spool, true);
              return spool.ref(path);
            } catch (S3Exception e) {
              if (e.statusCode() == PRECONDITION_FAILED) {
                requireSame(path, spool);
                return spool.ref(path);
              }
              if (e.statusCode() != CONFLICT || attempt == MOST_CONFLICTS) {
                throw e;
              }
            }
          }
        });
  }

  /** Also what an earlier attempt of this very write has left, whose answer was lost. */
  private void requireSame(String path, Spool spool) {
    HeadObjectResponse there = head(key(path)).orElseThrow(() -> notFound(ArtifactUri.of(path)));
    // Some services answer with names in capitals, some copies have none.
    String hash =
        there.metadata().entrySet().stream()
            .filter(entry -> entry.getKey().equalsIgnoreCase(S3Upload.SHA256))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseGet(() -> hashOf(path));
    if (!spool.sha256().equals(hash)) {
      throw new ArtifactConflictException(
          ArtifactUri.of(path) + " already stands for other content in " + this);
    }
  }

  private String hashOf(String path) {
    try (InputStream in = open(ArtifactUri.of(path));
        Spool there = Spool.of(in)) {
      return there.sha256();
    } catch (IOException e) {
      throw failed("compare " + path, e);
    }
  }

  @Override
  public ArtifactRef name(ArtifactRef object, String path) {
    String source = key(ArtifactUri.path(object.uri()));
    String target = key(StoreNames.requireName(path));
    return call(
        "name " + object.uri() + " as " + path,
        object.uri(),
        () -> {
          HeadObjectResponse there = head(source).orElseThrow(() -> notFound(object.uri()));
          StoreNames.requireSize(object, there.contentLength());
          if (object.size() > MOST_COPIED) {
            return putNamed(path, open(object));
          }
          s3.copyObject(
              request ->
                  request
                      .sourceBucket(bucket)
                      .sourceKey(source)
                      .destinationBucket(bucket)
                      .destinationKey(target));
          return new ArtifactRef(ArtifactUri.of(path), object.sha256(), object.size());
        });
  }

  @Override
  public InputStream open(String uri) {
    String path = ArtifactUri.path(uri);
    ResponseInputStream<GetObjectResponse> in = get(uri, 0);
    return StoreNames.isObject(path)
        ? checked(in, uri, StoreNames.hash(path), in.response().contentLength(), null)
        : new S3Body(in);
  }

  @Override
  public InputStream open(ArtifactRef ref) {
    ResponseInputStream<GetObjectResponse> in = get(ref.uri(), 0);
    return checked(in, ref.uri(), ref.sha256(), in.response().contentLength(), ref);
  }

  private InputStream checked(
      ResponseInputStream<GetObjectResponse> in,
      String uri,
      String sha256,
      long size,
      @Nullable ArtifactRef ref) {
    try {
      if (ref != null) {
        StoreNames.requireSize(ref, size);
      }
      return checked(new S3Body(in), uri, sha256, size);
    } catch (IOException e) {
      in.abort();
      throw failed("open " + uri, e);
    } catch (ArtifactCorruptException e) {
      in.abort();
      throw e;
    }
  }

  @Override
  public InputStream open(String uri, long offset) {
    Parts.notNegative(offset, "offset");
    if (offset == 0) {
      return new S3Body(get(uri, 0));
    }
    try {
      return new S3Body(get(uri, offset));
    } catch (ArtifactException e) {
      if (e.getCause() instanceof S3Exception answer && answer.statusCode() == OUT_OF_RANGE) {
        return InputStream.nullInputStream();
      }
      throw e;
    }
  }

  private ResponseInputStream<GetObjectResponse> get(String uri, long offset) {
    String key = key(ArtifactUri.path(uri));
    return call(
        "open " + uri,
        uri,
        () ->
            s3.getObject(
                request -> {
                  request.bucket(bucket).key(key);
                  if (offset > 0) {
                    request.range("bytes=" + offset + "-");
                  }
                }));
  }

  @Override
  public boolean exists(String uri) {
    String key = key(ArtifactUri.path(uri));
    return call("look for " + uri, uri, () -> head(key)).isPresent();
  }

  private Optional<HeadObjectResponse> head(String key) {
    try {
      return Optional.of(s3.headObject(request -> request.bucket(bucket).key(key)));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    }
  }

  @Override
  public void visit(String folder, Consumer<StoredArtifact> visitor) {
    String below = key(ArtifactUri.requirePath(folder)) + "/";
    call(
        "list " + folder,
        folder,
        () -> {
          for (S3Object found :
              s3.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(below))
                  .contents()) {
            String path = found.key().substring(prefix.length());
            // Somebody's own files may lie there too; no artifact has such a name.
            if (ArtifactUri.isPath(path)) {
              visitor.accept(
                  new StoredArtifact(ArtifactUri.of(path), found.size(), found.lastModified()));
            }
          }
          return this;
        });
  }

  @Override
  public List<String> folders(String folder) {
    String below = folder.isEmpty() ? prefix : key(ArtifactUri.requirePath(folder)) + "/";
    return call(
        "list " + folder,
        folder,
        () ->
            s3
                .listObjectsV2Paginator(
                    request -> request.bucket(bucket).prefix(below).delimiter("/"))
                .commonPrefixes()
                .stream()
                .map(CommonPrefix::prefix)
                .map(found -> found.substring(below.length(), found.length() - 1))
                .filter(ArtifactUri::isPath)
                .filter(name -> !folder.isEmpty() || !StoreNames.NOT_NAMES.contains(name))
                .sorted()
                .toList());
  }

  @Override
  public boolean delete(String uri) {
    String key = key(StoreNames.requireName(ArtifactUri.path(uri)));
    return call(
        "delete " + uri,
        uri,
        () -> {
          boolean there = head(key).isPresent();
          remove(key);
          return there;
        });
  }

  @Override
  public boolean deleteObject(String uri, Instant storedBefore) {
    String path = ArtifactUri.path(uri);
    if (!StoreNames.isObject(path)) {
      throw new IllegalArgumentException("not an object: " + uri);
    }
    String key = key(path);
    return call(
        "delete " + uri,
        uri,
        () -> {
          if (!isOlder(key, storedBefore)) {
            return false;
          }
          return notes.during(
              key,
              () -> {
                // Who has stored it before the note is seen here; who does so later sees the note.
                boolean old = isOlder(key, storedBefore);
                if (old) {
                  remove(key);
                }
                return old;
              });
        });
  }

  private boolean isOlder(String key, Instant storedBefore) {
    return head(key).filter(there -> there.lastModified().isBefore(storedBefore)).isPresent();
  }

  private void remove(String key) {
    s3.deleteObject(request -> request.bucket(bucket).key(key));
  }

  private String key(String path) {
    return prefix + path;
  }

  @Override
  public String toString() {
    return "artifact store s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }

  private interface Sending {
    ArtifactRef send(Spool spool);
  }

  private ArtifactRef spooled(String what, InputStream content, Sending sending) {
    try (Spool spool = Spool.of(content)) {
      return call("write " + what, what, () -> sending.send(spool));
    } catch (IOException e) {
      throw failed("write " + what, e);
    }
  }

  private <T> T call(String what, String uri, Supplier<T> action) {
    try {
      return action.get();
    } catch (NoSuchKeyException e) {
      throw notFound(uri);
    } catch (SdkException | UncheckedIOException e) {
      throw new ArtifactException("cannot " + what + " in the " + this + ": " + reason(e), e);
    }
  }

  /** What the service says, and a way out where there is one. */
  private String reason(RuntimeException e) {
    if (e instanceof S3Exception answer) {
      String code =
          answer.awsErrorDetails() == null ? "" : answer.awsErrorDetails().errorCode() + ", ";
      return "%sHTTP %d%s"
          .formatted(
              code,
              answer.statusCode(),
              switch (answer.statusCode()) {
                case 403 -> "; the credentials (AWS_ACCESS_KEY_ID or a role) do not allow it";
                case 301 -> "; the bucket is in another region: set AWS_REGION";
                case NOT_FOUND -> "; is there a bucket " + bucket + "?";
                default -> "";
              });
    }
    return String.valueOf(e.getMessage());
  }

  private ArtifactNotFoundException notFound(String uri) {
    return new ArtifactNotFoundException(uri + " is not in the " + this);
  }

  @Override
  ArtifactException failed(String what, IOException e) {
    return new ArtifactException("cannot " + what + " in the " + this + ": " + e, e);
  }
}
