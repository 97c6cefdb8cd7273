package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.workflows.client.TemporalConnection;
import java.util.List;

/** The targets of a batch, for the verbs that take one of them. */
public final class BatchTargets {
  private BatchTargets() {}

  /**
   * The batch's targets out of its records; there is at least one.
   *
   * @throws CommandException with exit code 2 when there is no such batch, or this machine's store
   *     does not hold it
   */
  public static List<TargetRow> require(CommandContext context, BatchRecords records) {
    List<TargetRow> targets = records.targets();
    if (!targets.isEmpty()) {
      return targets;
    }
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      KnownBatch.require(connection, records.batch(), context.clock());
    }
    throw CommandException.wrongUse(
        "this machine's artifact store does not hold batch "
            + records.batch()
            + ": set REPOFLEET_ARTIFACTS to the one it was started with");
  }
}
