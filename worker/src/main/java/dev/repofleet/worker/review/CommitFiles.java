package dev.repofleet.worker.review;

import dev.repofleet.artifacts.CodeExcerpt;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Looks paths up in the reviewed commit. */
@FunctionalInterface
interface CommitFiles {
  /** In place of a count: the path is a folder. */
  int FOLDER = -1;

  /** In place of a count: there is no such path. */
  int MISSING = -2;

  /** In place of a count: the repository's {@code .reviewignore} leaves the file out. */
  int IGNORED = -3;

  /**
   * How many lines each path has, or {@link #FOLDER}, {@link #MISSING} or {@link #IGNORED}; all are
   * answered.
   */
  Map<String, Integer> lines(Collection<String> paths);

  /**
   * Lines of files as they are, for a report. What can't be had is absent: a finding is as good
   * without.
   *
   * @param ranges of files that are there, the most wanted first
   */
  default Map<Range, CodeExcerpt> excerpts(List<Range> ranges) {
    return Map.of();
  }

  /**
   * Lines of a file.
   *
   * @param first from 1
   * @param last may lie behind the file's end
   */
  record Range(String path, int first, int last) {}
}
