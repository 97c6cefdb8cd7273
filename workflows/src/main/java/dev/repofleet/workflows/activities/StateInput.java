package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/** The review whose state is read. */
@Payload
public record StateInput(String batch, String key) {
  public StateInput {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(key, "key");
  }
}
