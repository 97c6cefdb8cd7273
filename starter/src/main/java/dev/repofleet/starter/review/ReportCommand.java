package dev.repofleet.starter.review;

import dev.repofleet.artifacts.BatchResult;
import dev.repofleet.artifacts.BatchRow;
import dev.repofleet.artifacts.ReviewFiles;
import dev.repofleet.starter.CommandContext;
import dev.repofleet.starter.CommandException;
import dev.repofleet.starter.ExitCode;
import dev.repofleet.starter.PlainText;
import dev.repofleet.starter.Terminal;
import dev.repofleet.starter.live.TerminalSize;
import dev.repofleet.starter.report.BatchReports;
import dev.repofleet.starter.report.ReportFormat;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.client.TemporalConnection;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report}: what came of a batch, in one of several formats. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Writes what came of a batch, or has come of it so far: one format to standard output or into",
      "a folder, or without --format the whole folder, as `review --out` does."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet report 20260102-030405-abcd",
      "  repofleet report 20260102-030405-abcd --format html > report.html",
      "  repofleet report 20260102-030405-abcd --out results"
    })
public final class ReportCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "html, md, json, csv or jsonl. Default on standard output: md.")
  private @Nullable String format;

  @Option(names = "--out", paramLabel = "DIR", description = "Writes into this folder.")
  private @Nullable String out;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public ReportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    KnownBatch.requireId(batch);
    Terminal terminal = Terminal.of(spec);
    Optional<ReportFormat> wanted = wanted();
    requireReader(wanted);
    OutFolder whole =
        out != null && wanted.isEmpty() ? OutFolder.check(context.workingDirectory(), out) : null;
    BatchRecords records = BatchRecords.open(context, batch);
    BatchTargets.require(context, records);
    BatchResult result = result(records, terminal);
    Consumer<String> talk = line -> terminal.say(PlainText.of(line));
    StoredReports source = new StoredReports(records, talk);
    if (whole != null) {
      whole.fill(result, records, talk);
      terminal.say("Results in " + whole.folder() + ", begin with report.html");
    } else if (out != null) {
      oneFile(context.workingDirectory().resolve(out), wanted.orElseThrow(), result, source, talk);
    } else {
      ReportFormat shown = wanted.orElse(ReportFormat.MD);
      BatchReports.write(shown, alone(shown, result), source, terminal.out());
    }
    return ExitCode.OK.number();
  }

  private Optional<ReportFormat> wanted() {
    if (format == null) {
      return Optional.empty();
    }
    for (ReportFormat each : ReportFormat.values()) {
      if (each.word().equals(format)) {
        return Optional.of(each);
      }
    }
    List<String> words = Arrays.stream(ReportFormat.values()).map(ReportFormat::word).toList();
    throw CommandException.wrongUse(
        "there is no format '" + PlainText.of(format, 40) + "': " + String.join(", ", words));
  }

  private void requireReader(Optional<ReportFormat> wanted) {
    boolean html = wanted.filter(ReportFormat.HTML::equals).isPresent();
    if (out == null && html && TerminalSize.outputIsTerminal()) {
      throw CommandException.wrongUse(
          "a terminal can't show HTML: name a folder by --out DIR, or write it to a file by"
              + " `> report.html`");
    }
  }

  /** As the batch left it; while it runs, what there is so far. */
  private BatchResult result(BatchRecords records, Terminal terminal) {
    Optional<BatchResult> written = records.batchResult();
    if (written.isPresent()) {
      return written.get();
    }
    BatchAssembly assembly = new BatchAssembly(records);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      KnownBatch known = KnownBatch.require(connection, batch, context.clock());
      Optional<BatchEnd> end = known.view().end();
      if (end.isPresent()) {
        return assembly.ended(end.get(), known.startedAt());
      }
      BatchProgress progress = known.view().progress().orElse(null);
      terminal.say(
          progress == null
              ? "The batch still runs, and no worker answers for it: what is in work can't be told."
              : "The batch still runs: this is what there is so far.");
      return assembly.running(
          progress,
          progress == null ? known.startedAt() : Instant.ofEpochMilli(progress.startedAt()));
    }
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

  private static void oneFile(
      Path folder,
      ReportFormat format,
      BatchResult result,
      StoredReports source,
      Consumer<String> talk)
      throws IOException {
    Path file = folder.resolve(format.fileName());
    if (Files.isDirectory(file) || (Files.exists(folder) && !Files.isDirectory(folder))) {
      throw CommandException.wrongUse("--out: " + file + " can't be written: name another folder");
    }
    Files.createDirectories(folder);
    Path temporary = Files.createTempFile(folder, ".repofleet-", ".part");
    try {
      try (Writer writer = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8)) {
        BatchReports.write(format, alone(format, result), source, writer);
      }
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      talk.accept("Written: " + file);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
