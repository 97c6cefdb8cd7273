package dev.repofleet.starter.sandboxes;

import java.util.Objects;

/**
 * Whose a sandbox is.
 *
 * @param reason for a person: a clause without a full stop
 */
record Verdict(Owner owner, String reason) {
  Verdict {
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(reason, "reason");
  }
}
