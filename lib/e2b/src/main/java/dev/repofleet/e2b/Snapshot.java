package dev.repofleet.e2b;

import java.util.List;

/**
 * A copy of a sandbox with its memory and files, from which others can be created.
 *
 * @param snapshotId goes where a template goes: {@link SandboxSpec.Builder#template}
 * @param names names it can be called by as well; may be empty
 */
public record Snapshot(String snapshotId, List<String> names) {
  /** Copies the names. */
  public Snapshot {
    names = List.copyOf(names);
  }
}
