package dev.repofleet.workflows.order;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/**
 * The list of a batch's targets in the artifact store.
 *
 * @param uri of {@code manifest.jsonl}
 * @param sha256 of its bytes, lower-case hex
 * @param count of targets, at least 1
 */
@Payload
public record ManifestRef(String uri, String sha256, int count) {
  public ManifestRef {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(sha256, "sha256");
    if (count < 1) {
      throw new IllegalArgumentException("manifest " + uri + " has no targets");
    }
  }
}
