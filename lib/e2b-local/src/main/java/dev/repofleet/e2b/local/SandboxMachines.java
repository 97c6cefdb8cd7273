package dev.repofleet.e2b.local;

import java.util.Map;

/** Makes the machines of one server's sandboxes, all of one kind. Thread-safe. */
interface SandboxMachines {
  /**
   * Makes one that is not started yet.
   *
   * @param image what its template holds
   * @param variables of every command in it
   */
  SandboxMachine make(String id, TemplateImage image, Map<String, String> variables);

  /** Moves a dead one's files out of the way and deletes them in the background. */
  void discard(String id);
}
