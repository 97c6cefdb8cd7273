package dev.repofleet.worker.review;

import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Looks files up in the reviewed commit. */
interface CommitFiles {
  /** What a path is in the commit. */
  enum Kind {
    /** A file under review. */
    FILE,

    /** A file that the repository's {@code .reviewignore} leaves out. */
    IGNORED,

    /** A folder. */
    FOLDER,

    /** There is no such path. */
    MISSING
  }

  /**
   * A file's content.
   *
   * @param lines how many it has
   * @param text absent where the file is too large to be read as a whole
   */
  record Content(int lines, @Nullable SourceText text) {}

  /** What each path is; all are answered. */
  Map<String, Kind> kinds(Collection<String> paths);

  /**
   * Reads files one after the other; of a large number only a few are in memory at once.
   *
   * @param paths which {@link #kinds} told to be files
   */
  void read(Collection<String> paths, BiConsumer<String, Content> reader);
}
