package dev.repofleet.starter.out;

import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.ReviewFiles;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchStanding;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.batch.WrittenEnd;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.report.BatchReports;
import dev.repofleet.starter.report.ReportFormat;
import dev.repofleet.workflows.client.TemporalConnection;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What came of one batch, or has come of it so far, written as one file. For one thread. */
final class ReportFiles {
  private final CommandContext context;
  private final BatchRecords records;
  private final Terminal terminal;
  private final Unread unread;

  ReportFiles(CommandContext context, BatchRecords records, Terminal terminal) {
    this.context = context;
    this.records = records;
    this.terminal = terminal;
    this.unread = new Unread(talk());
  }

  /** Tells a person what can't be read. */
  Consumer<String> talk() {
    return line -> terminal.say(PlainText.of(line));
  }

  /**
   * As the batch left it, which needs no server; while it runs, what there is so far. Of one that
   * was started again, only its server knows that.
   *
   * @throws dev.repofleet.starter.command.CommandException with exit code 2 when the server knows
   *     no such batch
   */
  BatchResult result() {
    Optional<BatchResult> written = WrittenEnd.of(records, context);
    if (written.isPresent()) {
      return written.get();
    }
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      BatchStanding standing =
          BatchStanding.of(KnownBatch.require(connection, records.batch(), context.clock()));
      if (!standing.ended()) {
        terminal.say(
            standing.unattended()
                ? "The batch still runs, and no worker answers for it: what is in work can't be"
                    + " told."
                : "The batch still runs: this is what there is so far.");
      }
      return standing.result(records);
    }
  }

  /** Writes one format; what it lacks is told, and for {@link #requireWhole} to judge. */
  void write(Writer to, ReportFormat format, BatchResult result) throws IOException {
    BatchReports.write(format, alone(format, result), new StoredReportSource(records, unread), to);
  }

  /**
   * Ends what was written.
   *
   * @throws dev.repofleet.starter.command.CommandException with exit code 5 when a file that
   *     belongs into it could not be read
   */
  void requireWhole() {
    unread.requireNone();
  }

  /**
   * Writes one format as a file of a folder, in place of one that is there.
   *
   * @return the file
   * @throws dev.repofleet.starter.command.CommandException with exit code 2 when the folder can't
   *     hold it
   */
  Path write(Path folder, ReportFormat format, BatchResult result) throws IOException {
    return FolderFile.write(folder, format.fileName(), to -> write(to, format, result));
  }

  /** One file beside nothing else: it names no files. Of {@code batch.json} they are the point. */
  private static BatchResult alone(ReportFormat format, BatchResult result) {
    if (format == ReportFormat.JSON) {
      return result;
    }
    List<BatchRow> rows =
        result.repositories().stream().map(row -> row.withFiles(ReviewFiles.NONE)).toList();
    return result.withRepositories(rows);
  }
}
