package dev.repofleet.e2b.local;

import java.time.Instant;

/** Makes sandboxes that are not started yet. */
interface SandboxFactory {
  /**
   * Makes one.
   *
   * @throws ApiException 404 for an unknown template
   */
  Sandbox create(String id, NewSandbox request, Instant now);

  /** Moves a dead sandbox's files out of the way and deletes them in the background. */
  void discard(Sandbox sandbox);
}
