package dev.repofleet.starter.batch;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import java.time.Clock;
import java.time.Instant;

/**
 * A batch that the server knows.
 *
 * @param view of it
 * @param startedAt of its latest run
 */
public record KnownBatch(TemporalBatchView view, Instant startedAt) {

  /**
   * Looks a batch up.
   *
   * @throws CommandException with exit code 2 when there is no such batch
   */
  public static KnownBatch require(TemporalConnection connection, String batch, Clock clock) {
    requireId(batch);
    TemporalBatchView view = new TemporalBatchView(connection, batch, clock);
    return view.startedAt()
        .map(startedAt -> new KnownBatch(view, startedAt))
        .orElseThrow(
            () ->
                CommandException.wrongUse(
                    "there is no batch '"
                        + batch
                        + "' at "
                        + connection.address()
                        + ", namespace "
                        + connection.namespace()
                        + ": `repofleet status` lists those there are"));
  }

  /**
   * Checks the form of a batch's id, which names folders too. Of whichever fleet it is.
   *
   * @throws CommandException with exit code 2 when it has another
   */
  public static void requireId(String batch) {
    try {
      Fleet.DEFAULT.requireBatch(batch);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
  }
}
