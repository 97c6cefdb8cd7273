package dev.repofleet.starter.target;

import dev.repofleet.artifacts.ArtifactConflictException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.RecentlyUsed;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.target.ManifestRef;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetPlan;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.plan.PlanOverrides;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.StepFailure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
   * @param plan of the batch, from which the plans of rows with overrides are made
   * @throws TargetException when a commit can't be bundled; no manifest is there then
   * @throws ArtifactConflictException when the batch has another manifest already
   */
  public ManifestRef write(String batch, Plan plan, WantedTargets targets) {
    try (ManifestWriter writer = new ManifestWriter(store, batch)) {
      return write(writer, plan, targets);
    }
  }

  /**
   * As {@link #write}, for all batches of a schedule.
   *
   * @param creation tells the one who creates the schedule from others who try at the same time
   */
  public ManifestRef writeScheduled(
      String schedule, String creation, Plan plan, WantedTargets targets) {
    try (ManifestWriter writer = ManifestWriter.ofSchedule(store, schedule, creation)) {
      return write(writer, plan, targets);
    }
  }

  private ManifestRef write(ManifestWriter writer, Plan plan, WantedTargets targets) {
    try (GitCommand git = GitCommand.on(environment)) {
      Rows rows = new Rows(git, plan);
      targets.forEach(target -> writer.add(rows.next(target)));
      return writer.finish();
    }
  }

  /**
   * Writes those of the targets that a batch has yet to take in; stored by content, under no name.
   *
   * @param known tells by its key whether the batch has a target already
   * @return none when it has all of them
   * @throws TargetException when a commit can't be bundled
   */
  public Optional<ManifestRef> more(Plan plan, WantedTargets targets, Predicate<String> known) {
    try (GitCommand git = GitCommand.on(environment);
        ManifestWriter writer = ManifestWriter.unnamed(store)) {
      Rows rows = new Rows(git, plan);
      targets.forEach(
          target -> {
            if (!known.test(target.key())) {
              writer.add(rows.next(target));
            }
          });
      return rows.index == 0 ? Optional.empty() : Optional.of(writer.finish());
    }
  }

  /**
   * Writes some of the targets, evenly spread over all of them; stored by content, under no name.
   *
   * @param most of them, at least 1; all where there are no more
   * @throws TargetException when a commit can't be bundled
   */
  public ManifestRef some(Plan plan, WantedTargets targets, int most) {
    try (GitCommand git = GitCommand.on(environment);
        ManifestWriter writer = ManifestWriter.unnamed(store)) {
      Rows rows = new Rows(git, plan);
      long size = targets.size();
      long count = Math.min(size, most);
      long[] before = {0};
      targets.forEach(
          target -> {
            long position = before[0]++;
            if ((position + 1) * count / size > position * count / size) {
              writer.add(rows.next(target));
            }
          });
      return writer.finish();
    }
  }

  /** A manifest that was written, as workflows are told of it. */
  public static dev.repofleet.workflows.order.ManifestRef forWorkflows(ManifestRef written) {
    return new dev.repofleet.workflows.order.ManifestRef(
        written.uri(), written.sha256(), Math.toIntExact(written.count()));
  }

  /** Makes the rows of one manifest, one after the other. */
  private final class Rows {
    /** Most rows share few plans; one that is made anew is stored where it was. */
    private static final int PLANS = 256;

    private final GitCommand git;
    private final Plan plan;
    private final Map<Place, LocalCommit.Bundled> bundles = new HashMap<>();
    private final RecentlyUsed<PlanOverrides, TargetPlan> plans = new RecentlyUsed<>(PLANS);
    private int index;

    Rows(GitCommand git, Plan plan) {
      this.git = git;
      this.plan = plan;
    }

    private TargetPlan plan(PlanOverrides overrides) {
      TargetPlan known = plans.get(overrides);
      if (known != null) {
        return known;
      }
      TargetPlan made = stored(overrides);
      plans.put(overrides, made);
      return made;
    }

    TargetRow next(WantedTarget target) {
      TargetRow row = row(target);
      index++;
      return target.overrides().equals(PlanOverrides.NONE)
          ? row
          : row.withPlan(plan(target.overrides()));
    }

    private TargetPlan stored(PlanOverrides overrides) {
      ArtifactRef written = store.put(ArtifactJson.pretty(overrides.applyTo(plan)));
      return new TargetPlan(written.uri(), written.sha256(), plan.name());
    }

    private TargetRow row(WantedTarget target) {
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
      LocalCommit.Bundled bundled = bundled(target, commit);
      return TargetRow.bundle(
          index, target.key(), target.spec(), target.canonical(), commit.id(), bundled.bundle());
    }

    /** Once for all folders of a repository, and all overrides. */
    private LocalCommit.Bundled bundled(WantedTarget target, LocalCommit commit) {
      Place place = new Place(commit.repository(), commit.id());
      LocalCommit.Bundled known = bundles.get(place);
      if (known != null) {
        return known;
      }
      LocalCommit.Bundled bundled = commit.bundle(git, store);
      bundles.put(place, bundled);
      if (bundled.dirty()) {
        talk.accept(
            "'"
                + target.spec().target()
                + "' has uncommitted changes: they are not reviewed, commit "
                + commit.id().substring(0, 12)
                + " is");
      }
      return bundled;
    }
  }

  /** A commit of a repository on this machine. */
  private record Place(Path repository, String id) {}
}
