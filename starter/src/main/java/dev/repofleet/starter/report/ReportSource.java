package dev.repofleet.starter.report;

import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.starter.render.EventConsumer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * What reports show of the repositories of a batch. What can't be read is absent: a report says
 * what there is. For one thread.
 */
public interface ReportSource {

  /** The result of a repository; empty when it has none. */
  Optional<RepositoryResult> result(BatchRow row);

  /**
   * The changes the agent made, which the caller closes; empty when there are none.
   *
   * @throws IOException when they are there and can't be read
   */
  Optional<InputStream> patch(BatchRow row) throws IOException;

  /** Hands over the agent's events in their order; none when there are none. */
  void events(BatchRow row, EventConsumer events);
}
