package dev.repofleet.starter.review;

import dev.repofleet.starter.render.RepositoryEvent;

/** Hears what a {@link BatchWatcher} sees, from the thread that watches. */
public interface BatchListener {

  /** A repository entered another stage or turn, or ended; its end is told once. */
  void repository(RepositoryEvent event);

  /** A line for a person about the watching itself. */
  void say(String line);
}
