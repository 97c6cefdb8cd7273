package dev.repofleet.workflows.activities.report;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/**
 * The review whose state is read.
 *
 * @param forItsCost whether only what it cost and found is wanted, which its session's age does not
 *     matter for; absent: no
 */
@Payload
public record StateInput(String batch, String key, Boolean forItsCost) {
  public StateInput {
    forItsCost = forItsCost != null && forItsCost;
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(key, "key");
  }

  /** To go on in its session. */
  public StateInput(String batch, String key) {
    this(batch, key, false);
  }
}
