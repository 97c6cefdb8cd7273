package dev.repofleet.e2b.local.sandbox;

import dev.repofleet.e2b.local.machine.SandboxMachine;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Makes the machines of one server's sandboxes, all of one kind. Thread-safe. */
public interface SandboxMachines {
  /**
   * Makes one that is not started yet.
   *
   * @param image what its template holds
   * @param variables of every command in it
   */
  SandboxMachine make(String id, TemplateImage image, Map<String, String> variables);

  /** Where one's files are on this host's disk; empty for what is in memory alone. */
  Optional<Path> folder(String id);

  /** Moves a dead one's files out of the way and deletes them in the background. */
  void discard(String id);
}
