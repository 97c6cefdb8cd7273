package dev.repofleet.artifacts.target;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Parts;

/**
 * A pointer to the plan of one row of a manifest, whole and resolved.
 *
 * @param uri of the plan
 * @param sha256 of its bytes
 * @param name of the plan, for people
 */
public record TargetPlan(String uri, String sha256, String name) {
  /** Refuses a malformed URI or hash. */
  public TargetPlan {
    ArtifactUri.path(Parts.text(uri, "uri"));
    ArtifactRef.requireSha256(Parts.text(sha256, "sha256"));
    Parts.text(name, "name of the plan");
  }
}
