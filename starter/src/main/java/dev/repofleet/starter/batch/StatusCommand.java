package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.render.BatchEvent;
import dev.repofleet.starter.render.BatchSummary;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.review.RepositoryProgress;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code status}: how one batch stands, or which there are. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows how a batch stands; without a batch, the latest ones.",
    footer = {
      "",
      "Examples:",
      "  repofleet status",
      "  repofleet status 20260102-030405-abcd --json",
      "  repofleet status 20260102-030405-abcd --published"
    })
public final class StatusCommand implements Callable<Integer> {
  private static final int LATEST = 20;

  private final CommandContext context;
  private final PublishedStatus publishedStatus;

  @Parameters(arity = "0..1", paramLabel = "BATCH", description = "Id of a batch.")
  private @Nullable String batch;

  @Option(
      names = "--published",
      description = "What became of what was published: asks the forges through the workers.")
  private boolean published;

  @Option(names = "--json", description = "Prints JSON lines.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public StatusCommand(CommandContext context, PublishedStatus publishedStatus) {
    this.context = context;
    this.publishedStatus = publishedStatus;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    if (batch != null) {
      KnownBatch.requireId(batch);
    } else if (published) {
      throw CommandException.wrongUse("--published is about one batch: name it");
    }
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      if (batch == null) {
        new BatchListing(connection).latest(LATEST, null).show(terminal, json, context);
      } else if (published) {
        return publishedStatus.show(connection, batch, json, terminal).number();
      } else {
        show(connection, batch, terminal);
      }
    }
    return ExitCode.OK.number();
  }

  private void show(TemporalConnection connection, String id, Terminal terminal) {
    KnownBatch known = KnownBatch.require(connection, id, context.clock());
    BatchRecords records = BatchRecords.open(context, id);
    if (records.targets().isEmpty()) {
      terminal.say(
          "This machine's artifact store does not hold batch "
              + id
              + ": set REPOFLEET_ARTIFACTS to the one it was started with, for its repositories.");
    }
    BatchStanding standing = BatchStanding.of(known);
    if (standing.unattended()) {
      terminal.say("No worker answers for it now: what is in work can't be told.");
    }
    BatchResult result = standing.result(records);
    BatchProgress progress = standing.progress();
    Map<Integer, RepositoryProgress> places =
        progress == null ? Map.of() : RunningPlaces.of(known.view(), result);
    String held = progress == null ? null : BatchWatcher.rests(progress);
    if (json) {
      StatusLines.repositories(
              result, places, context.clock().instant().truncatedTo(ChronoUnit.MILLIS))
          .forEach(terminal::tellJson);
      terminal.tellJson(BatchEvent.line(result, held));
    } else {
      BatchSummary.lines(
              result, RunningPlaces.shown(places), TerminalStyle.of(context.environment()))
          .forEach(terminal::tell);
      if (held != null) {
        terminal.tell(HoldEvent.sentence(id, held));
      }
    }
    sayWhatFails(known.view(), result, places, terminal);
  }

  private static void sayWhatFails(
      BatchView view,
      BatchResult result,
      Map<Integer, RepositoryProgress> places,
      Terminal terminal) {
    for (BatchRow row : result.repositories()) {
      RepositoryProgress place = places.get(row.index());
      if (place != null) {
        view.failedAttempts(row.key())
            .filter(FailedAttempts::worthAWord)
            .ifPresent(failed -> terminal.say(failed.line(row.target(), place.stage().code())));
      }
    }
  }
}
