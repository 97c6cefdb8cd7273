package dev.repofleet.starter.review;

import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchTargets;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.out.OutFolder;
import dev.repofleet.workflows.client.TemporalConnection;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code watch}: looks on at a batch to its end. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = {
      "Watches a batch to its end, as review does.",
      "Draws a table on a terminal, else prints a line an event.",
      "Looking on changes nothing, so it can end and begin again at any time."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet watch 20260102-030405-abcd",
      "  repofleet watch 20260102-030405-abcd --json",
      "",
      "Exit code: that of the batch, as with review."
    })
public final class WatchCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Copies the results there once the batch has ended.")
  private @Nullable String out;

  @Option(names = "--json", description = "Prints events as JSON lines, the batch last.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public WatchCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Terminal terminal = Terminal.of(spec);
    KnownBatch.requireId(batch);
    OutFolder folder = out == null ? null : OutFolder.check(context.workingDirectory(), out);
    BatchRecords records = BatchRecords.open(context, batch);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      KnownBatch known = KnownBatch.require(connection, batch, context.clock());
      BatchTargets.require(context, records);
      String store = DataFolders.of(context.environment(), context.home()).artifacts();
      return new WatchedBatch(context, terminal, new WatchedBatch.Options(json, folder, store))
          .toItsEnd(
              known.view(),
              records,
              known.startedAt(),
              () -> terminal.say("Interrupted. Batch " + batch + " goes on."))
          .number();
    }
  }
}
