package dev.repofleet.e2b.local.sandbox;

import dev.repofleet.e2b.local.wire.ApiException;

/** Makes sandboxes that are not started yet. */
public interface SandboxFactory {
  /**
   * Makes one.
   *
   * @throws ApiException 404 for an unknown template
   */
  Sandbox create(String id, NewSandbox request);

  /** Makes one of what an earlier server left; it is not started either. */
  Sandbox restore(SandboxDescription found);

  /**
   * Describes a paused sandbox on disk, so that the next server finds it.
   *
   * @return false if it ends with this server: it has no files, or the disk does not take it
   */
  boolean keep(Sandbox sandbox);

  /** Whether the next server would find it. */
  boolean isKept(Sandbox sandbox);

  /** Takes the description back, before it runs again. */
  void forget(Sandbox sandbox);

  /** Moves a dead sandbox's files out of the way and deletes them in the background. */
  void discard(Sandbox sandbox);
}
