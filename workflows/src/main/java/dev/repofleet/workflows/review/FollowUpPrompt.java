package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/**
 * A person's own prompt for one more turn.
 *
 * @param uri of its text in the artifact store
 */
@Payload
public record FollowUpPrompt(String uri) {
  public FollowUpPrompt {
    Objects.requireNonNull(uri, "uri");
  }
}
