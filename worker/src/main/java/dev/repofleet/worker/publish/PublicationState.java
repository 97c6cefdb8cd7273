package dev.repofleet.worker.publish;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.Published;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.activities.publish.PublishOutcome;
import dev.repofleet.workflows.activities.publish.PublishOutcome.Status;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What is known of one repository's publication, and what stands against the rest of it. The file
 * of it only remembers what may have gone from the forge since, such as a branch that was deleted
 * when its pull request was merged. For one thread.
 */
final class PublicationState {
  private static final int MAX_PROBLEM = 300;

  private final ArtifactStore store;
  private final Clock clock;
  private final String path;
  private final List<String> problems = new ArrayList<>();
  private Published published;
  private boolean written;
  private boolean wanted;

  /** As it was kept last, or that nothing is there. */
  PublicationState(ArtifactStore store, Clock clock, RepositoryResult result) {
    this.store = store;
    this.clock = clock;
    this.path = ArtifactPaths.published(result.batch(), result.key());
    this.published = remembered(result);
  }

  private Published remembered(RepositoryResult result) {
    try {
      return ArtifactJson.read(store, ArtifactUri.of(path), Published.class, Published.MAX_BYTES);
    } catch (ArtifactNotFoundException e) {
      return Published.nothing(result, clock.instant());
    }
  }

  Published published() {
    return published;
  }

  /** Something was learned of it. */
  void learn(UnaryOperator<Published> change) {
    published = change.apply(published);
  }

  /** There is something that was asked for. */
  void want() {
    wanted = true;
  }

  /** Something was written to the forge, or would be. */
  void write() {
    written = true;
  }

  /** What was asked for can't be, and why: it may quote what strangers wrote. */
  void refuse(String why) {
    problems.add(Excerpt.of(why.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]+", " ").strip(), MAX_PROBLEM));
  }

  boolean isRefused() {
    return !problems.isEmpty();
  }

  /** Writes the file, when there is anything in it. */
  void keep() {
    if (published.isAnything() || !problems.isEmpty()) {
      published = published.seen(problems, clock.instant());
      store.putNamed(path, ArtifactJson.pretty(published));
    }
  }

  /**
   * What became of it.
   *
   * @param lacking what there would have to be
   */
  PublishOutcome outcome(String lacking) {
    String refused = problems.isEmpty() ? null : String.join("; ", problems);
    if (written) {
      return new PublishOutcome(Status.WRITTEN, refused);
    }
    if (refused != null) {
      return new PublishOutcome(published.isAnything() ? Status.ALREADY : Status.REFUSED, refused);
    }
    return wanted
        ? new PublishOutcome(Status.ALREADY, null)
        : new PublishOutcome(Status.NOTHING, "there are no " + lacking);
  }
}
