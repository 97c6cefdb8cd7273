package dev.repofleet.starter.report;

import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One format while it is written: the batch, then each of its repositories in the order of the
 * input, then the end. The stream it writes to is its maker's to close.
 */
interface BatchReport {

  /** Before all repositories. */
  void begin(BatchResult batch) throws IOException;

  /**
   * The next repository.
   *
   * @param result absent when there is none
   */
  void repository(BatchRow row, @Nullable RepositoryResult result) throws IOException;

  /**
   * After all repositories: what is still to be written, and a flush.
   *
   * @param shared what several of them have in common, ranked
   */
  void end(List<RootCause> shared) throws IOException;
}
