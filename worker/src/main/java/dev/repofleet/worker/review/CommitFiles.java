package dev.repofleet.worker.review;

import java.util.Collection;
import java.util.Map;

/** Looks paths up in the reviewed commit. */
@FunctionalInterface
interface CommitFiles {
  /** In place of a count: the path is a folder. */
  int FOLDER = -1;

  /** In place of a count: there is no such path. */
  int MISSING = -2;

  /** How many lines each path has, or {@link #FOLDER}, or {@link #MISSING}; all are answered. */
  Map<String, Integer> lines(Collection<String> paths);
}
