package dev.repofleet.e2b;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Sandboxes as the API listed them, and when that was by its own clock: ages told by two clocks are
 * wrong by their difference.
 *
 * @param sandboxes newest first
 * @param serverTime the {@code Date} of the first page's answer, in whole seconds; empty when it
 *     had none. A sandbox may have begun after it, on a later page.
 */
public record SandboxListing(List<SandboxInfo> sandboxes, Optional<Instant> serverTime) {

  /** Copies the list. */
  public SandboxListing {
    sandboxes = List.copyOf(sandboxes);
  }
}
