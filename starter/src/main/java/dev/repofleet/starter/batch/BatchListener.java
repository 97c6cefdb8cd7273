package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.starter.render.RepositoryEvent;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.review.RepositoryProgress;

/** Hears what a {@link BatchWatcher} sees, from the thread that watches. */
public interface BatchListener {

  /** A repository entered another stage or turn, or ended; its end is told once. */
  void repository(RepositoryEvent event);

  /** The batch was looked at, whether or not anything changed. */
  default void batch(BatchProgress progress) {}

  /** A repository in work was looked at, whether or not anything changed. */
  default void works(TargetRow target, RepositoryProgress place) {}

  /** The batch is held until a person resumes, or goes on again; each is told once. */
  void hold(HoldEvent event);

  /** A line for a person about the watching itself. */
  void say(String line);
}
