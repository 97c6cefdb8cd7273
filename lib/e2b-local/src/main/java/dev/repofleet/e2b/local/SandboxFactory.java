package dev.repofleet.e2b.local;

/** Makes sandboxes that are not started yet. */
interface SandboxFactory {
  /**
   * Makes one.
   *
   * @throws ApiException 404 for an unknown template
   */
  Sandbox create(String id, NewSandbox request);

  /** Moves a dead sandbox's files out of the way and deletes them in the background. */
  void discard(Sandbox sandbox);
}
