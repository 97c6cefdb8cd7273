package dev.repofleet.starter.target;

import dev.repofleet.artifacts.ArtifactConflictException;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ManifestRef;
import dev.repofleet.artifacts.ManifestWriter;
import dev.repofleet.artifacts.TargetRow;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.StepFailure;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Puts the bundles of path targets and the manifest of a batch into the artifact store. */
public final class ManifestBuilder {
  private final Map<String, String> environment;
  private final ArtifactStore store;
  private final Consumer<String> talk;

  /**
   * A builder.
   *
   * @param environment where Git is looked for
   * @param talk gets a line for each path with changes that are not reviewed
   */
  public ManifestBuilder(
      Map<String, String> environment, ArtifactStore store, Consumer<String> talk) {
    this.environment = Map.copyOf(environment);
    this.store = store;
    this.talk = talk;
  }

  /**
   * Writes row by row, in the order given; blocks while Git reads.
   *
   * @throws TargetException when a commit can't be bundled; no manifest is there then
   * @throws ArtifactConflictException when the batch has another manifest already
   */
  public ManifestRef write(String batch, List<WantedTarget> targets) {
    try (GitCommand git = GitCommand.on(environment);
        ManifestWriter writer = new ManifestWriter(store, batch)) {
      for (int index = 0; index < targets.size(); index++) {
        writer.add(row(git, index, targets.get(index)));
      }
      return writer.finish();
    }
  }

  private TargetRow row(GitCommand git, int index, WantedTarget target) {
    Unusable unusable = target.unusable();
    if (unusable != null) {
      return TargetRow.unusable(
          index,
          target.key(),
          target.spec(),
          target.canonical(),
          unusable.cause().code(),
          Excerpt.of(unusable.problem(), StepFailure.MAX_MESSAGE));
    }
    LocalCommit commit = target.commit();
    if (commit == null) {
      return TargetRow.git(index, target.key(), target.spec(), target.canonical());
    }
    LocalCommit.Bundled bundled = commit.bundle(git, store);
    if (bundled.dirty()) {
      talk.accept(
          "'"
              + target.spec().target()
              + "' has uncommitted changes: they are not reviewed, commit "
              + commit.id().substring(0, 12)
              + " is");
    }
    return TargetRow.bundle(
        index, target.key(), target.spec(), target.canonical(), commit.id(), bundled.bundle());
  }
}
