package dev.repofleet.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Sends content to a key: in one request, or in parts where it is large, so that a broken
 * connection costs a part and not all of it. Every request carries a CRC32 that the server checks.
 * Thread-safe.
 */
final class S3Upload {
  /** The service takes 10,000 parts, and memory is of no concern: parts come from a file. */
  static final long PART = 16L << 20;

  /** The hash, as metadata of the object. */
  static final String SHA256 = "sha256";

  private static final String ANYTHING = "*";
  private static final String TYPE = "application/octet-stream";

  private final S3Client s3;
  private final String bucket;

  S3Upload(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /**
   * Writes or replaces; when this returns the content is durable. After a failure it may be there,
   * but only whole.
   *
   * @param onlyNew whether a key that is there is left alone: the service answers 412 then. Such
   *     content goes in one request, of 5 GB at most
   */
  void send(String key, Spool content, boolean onlyNew) {
    if (content.size() > PART && !onlyNew) {
      inParts(key, content);
      return;
    }
    s3.putObject(
        request -> {
          request.bucket(bucket).key(key).metadata(Map.of(SHA256, content.sha256()));
          if (onlyNew) {
            request.ifNoneMatch(ANYTHING);
          }
        },
        part(content, 0, content.size()));
  }

  private void inParts(String key, Spool content) {
    String upload =
        s3.createMultipartUpload(
                request ->
                    request.bucket(bucket).key(key).metadata(Map.of(SHA256, content.sha256())))
            .uploadId();
    try {
      List<CompletedPart> parts = new ArrayList<>();
      for (long offset = 0; offset < content.size(); offset += PART) {
        parts.add(part(key, upload, content, offset, parts.size() + 1));
      }
      s3.completeMultipartUpload(
          request ->
              request
                  .bucket(bucket)
                  .key(key)
                  .uploadId(upload)
                  .multipartUpload(made -> made.parts(parts)));
    } catch (RuntimeException e) {
      abort(key, upload, e);
      throw e;
    }
  }

  private CompletedPart part(String key, String upload, Spool content, long offset, int number) {
    long length = Math.min(PART, content.size() - offset);
    UploadPartResponse sent =
        s3.uploadPart(
            request -> request.bucket(bucket).key(key).uploadId(upload).partNumber(number),
            part(content, offset, length));
    return CompletedPart.builder()
        .partNumber(number)
        .eTag(sent.eTag())
        .checksumCRC32(sent.checksumCRC32())
        .build();
  }

  /** What is left of an upload that is not ended costs money; a lifecycle rule is the net below. */
  private void abort(String key, String upload, RuntimeException failure) {
    try {
      s3.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(upload));
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static RequestBody part(Spool content, long offset, long length) {
    return RequestBody.fromContentProvider(
        () -> {
          try {
            return content.from(offset);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        length,
        TYPE);
  }
}
