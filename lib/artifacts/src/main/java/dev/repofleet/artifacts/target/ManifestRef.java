package dev.repofleet.artifacts.target;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Parts;

/**
 * A pointer to the manifest of a batch; what a batch's input carries in place of its targets.
 *
 * @param uri of the JSON lines file
 * @param sha256 of that file
 * @param count of its rows
 */
public record ManifestRef(String uri, String sha256, long count) {
  /** Refuses a malformed URI or hash and a negative count. */
  public ManifestRef {
    ArtifactUri.path(Parts.text(uri, "uri"));
    ArtifactRef.requireSha256(Parts.text(sha256, "sha256"));
    Parts.notNegative(count, "count");
  }
}
