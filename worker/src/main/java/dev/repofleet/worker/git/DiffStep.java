package dev.repofleet.worker.git;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.activities.git.DiffInput;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import java.util.List;

/** Takes what changed in one sandbox against the pinned commit. For one activity attempt. */
final class DiffStep {
  private final DiffInput input;
  private final ArtifactStore store;
  private final TreeChanges changes;

  /**
   * @param beat called every second or so; may throw to end it
   */
  DiffStep(
      Sandbox sandbox, DiffInput input, ArtifactStore store, KnownSecrets secrets, Runnable beat) {
    this.input = input;
    this.store = store;
    this.changes = new TreeChanges(sandbox, input.commit(), secrets, beat);
  }

  DiffOutcome take() {
    try {
      return changes
          .take(store, TreeChanges.MAX_PATCH)
          .map(DiffStep::outcome)
          .orElseGet(
              () -> new DiffOutcome(null, 0, 0, "none", List.of(), "the working tree is gone"));
    } catch (E2bException e) {
      throw FailureMapper.map(e, "the changes in sandbox " + input.sandboxId() + " can't be taken");
    }
  }

  private static DiffOutcome outcome(TreeChanges.Taken taken) {
    ArtifactRef patch = taken.patch();
    return new DiffOutcome(
        patch == null ? null : patch.uri(),
        taken.size(),
        taken.filesChanged(),
        taken.treeHash(),
        taken.notCarried(),
        taken.withheld());
  }
}
