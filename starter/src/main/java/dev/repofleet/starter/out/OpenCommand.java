package dev.repofleet.starter.out;

import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchTargets;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.batch.TemporalPages;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.report.ReportFormat;
import dev.repofleet.workflows.client.TemporalUnreachableException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code open}: a batch's report and its page in Temporal's UI, in a browser. */
@Command(
    name = "open",
    mixinStandardHelpOptions = true,
    description = {
      "Opens a batch's report, and its page in Temporal's UI, in a browser.",
      "The report is written into the data folder first. Prints both addresses;",
      "without a browser that is all."
    },
    footer = {
      "",
      "Example:",
      "  repofleet open 20260102-030405-abcd",
      "",
      "The UI of a server that is not at 127.0.0.1:7233 is where REPOFLEET_TEMPORAL_UI says."
    })
public final class OpenCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public OpenCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    KnownBatch.requireId(batch);
    Terminal terminal = Terminal.of(spec);
    List<URI> addresses = new ArrayList<>(List.of(report(terminal)));
    page(terminal).ifPresent(addresses::add);
    addresses.forEach(address -> terminal.tell(address.toString()));
    Optional<Browser> browser = Browser.find(context.environment());
    if (browser.isEmpty()) {
      terminal.say("There is no browser here to open them with: set BROWSER to one.");
      return ExitCode.OK.number();
    }
    for (URI address : addresses) {
      if (!browser.get().open(address)) {
        terminal.say("The browser did not take " + address + ": open it by hand.");
      }
    }
    return ExitCode.OK.number();
  }

  private URI report(Terminal terminal) throws IOException {
    BatchRecords records = BatchRecords.open(context, batch);
    BatchTargets.require(context, records);
    ReportFiles files = new ReportFiles(context, records, terminal);
    Path folder = OpenedReport.folder(context, batch);
    return files.write(folder, ReportFormat.HTML, files.result()).toUri();
  }

  private Optional<URI> page(Terminal terminal) {
    try {
      Optional<URI> page = TemporalPages.of(context.environment(), batch);
      if (page.isEmpty()) {
        terminal.say(
            "Set " + TemporalPages.VARIABLE + " to the address of Temporal's UI to open it too.");
      }
      return page;
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    } catch (TemporalUnreachableException e) {
      terminal.say("Where Temporal's UI is can't be told: " + e.getMessage());
      return Optional.empty();
    }
  }
}
