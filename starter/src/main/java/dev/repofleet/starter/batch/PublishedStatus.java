package dev.repofleet.starter.batch;

import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.workflows.client.TemporalConnection;

/** What {@code status --published} does; publishing builds on batches, so it is handed in. */
@FunctionalInterface
public interface PublishedStatus {
  /** Asks, and tells. Blocks. */
  ExitCode show(TemporalConnection connection, String batch, boolean json, Terminal terminal);
}
