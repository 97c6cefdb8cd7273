package dev.repofleet.starter.out;

import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchTargets;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalSize;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.report.ReportFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
      "Writes what came of a batch, or has come of it so far.",
      "One format goes to standard output or into a folder; --out without --format fills",
      "the folder as `review --out` does. SARIF is one file for each repository, KEY.sarif,",
      "and never one for all: code scanning takes one for each repository and commit. Without",
      "--out it is printed where the batch has one repository."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet report 20260102-030405-abcd",
      "  repofleet report 20260102-030405-abcd --format html > report.html",
      "  repofleet report 20260102-030405-abcd --out results",
      "  repofleet report 20260102-030405-abcd --format sarif --out sarif",
      "",
      "Exit code: 5 when a part of the results can't be read; the others are written."
    })
public final class ReportCommand implements Callable<Integer> {
  /** The only format that is no file of the whole batch. */
  private static final String SARIF = "sarif";

  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "html, md, json, csv, jsonl, root-causes or sarif. Default on standard output: md.")
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
        out != null && format == null ? OutFolder.check(context.workingDirectory(), out) : null;
    BatchRecords records = BatchRecords.open(context, batch);
    BatchTargets.require(context, records);
    ReportFiles files = new ReportFiles(context, records, terminal);
    BatchResult result = files.result();
    if (SARIF.equals(format)) {
      sarif(new SarifFiles(records, terminal, files.talk()), result);
    } else if (whole != null) {
      whole.fill(result, records, files.talk());
      terminal.say("Results in " + whole.folder() + ", begin with report.html");
    } else if (out != null) {
      Path folder = context.workingDirectory().resolve(out);
      terminal.say("Written: " + files.write(folder, wanted.orElseThrow(), result));
    } else {
      ReportFormat shown = wanted.orElse(ReportFormat.MD);
      files.write(terminal.out(), shown, result);
      terminal.out().flush();
    }
    files.requireWhole();
    return ExitCode.OK.number();
  }

  private void sarif(SarifFiles files, BatchResult result) throws IOException {
    if (out == null) {
      files.print(result);
    } else {
      files.write(result, context.workingDirectory().resolve(out));
    }
  }

  private Optional<ReportFormat> wanted() {
    if (format == null || format.equals(SARIF)) {
      return Optional.empty();
    }
    for (ReportFormat each : ReportFormat.values()) {
      if (each.word().equals(format)) {
        return Optional.of(each);
      }
    }
    List<String> words = Arrays.stream(ReportFormat.values()).map(ReportFormat::word).toList();
    throw CommandException.wrongUse(
        "there is no format '"
            + PlainText.of(format, 40)
            + "': "
            + String.join(", ", words)
            + ", "
            + SARIF);
  }

  private void requireReader(Optional<ReportFormat> wanted) {
    boolean html = wanted.filter(ReportFormat.HTML::equals).isPresent();
    if (out == null && html && TerminalSize.outputIsTerminal()) {
      throw CommandException.wrongUse(
          "a terminal can't show HTML: name a folder by --out DIR, or write it to a file by"
              + " `> report.html`");
    }
  }
}
