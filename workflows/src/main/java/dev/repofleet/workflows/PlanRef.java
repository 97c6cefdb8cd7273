package dev.repofleet.workflows;

import java.util.Objects;

/**
 * A resolved plan in the artifact store.
 *
 * @param uri of {@code plan.json}
 * @param sha256 of its bytes, lower-case hex
 * @param name of the plan, for people
 */
@Payload
public record PlanRef(String uri, String sha256, String name) {
  public PlanRef {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(sha256, "sha256");
    Objects.requireNonNull(name, "name");
  }
}
