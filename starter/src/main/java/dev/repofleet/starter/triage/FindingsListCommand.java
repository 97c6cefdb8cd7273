package dev.repofleet.starter.triage;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Lifecycle;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.starter.batch.BatchFindings;
import dev.repofleet.starter.batch.FoundFinding;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.render.TextTable;
import dev.repofleet.starter.render.TextTable.Cell;
import dev.repofleet.starter.render.TextTable.Column;
import dev.repofleet.starter.render.Tone;
import dev.repofleet.starter.report.ReviewWords;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code findings list}: the findings of a batch with what was decided of them. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "The findings of a batch, worst first, and what was decided of them.",
    footer = {"", "Example:", "  repofleet findings list 20260102-030405-abcd --all"})
final class FindingsListCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Option(names = "--all", description = "Those too that were accepted or are false positives.")
  private boolean all;

  @Option(names = "--json", description = "Prints a line of JSON for each finding.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  FindingsListCommand(CommandContext context) {
    this.context = context;
  }

  /** One line of {@code --json}. */
  private record Line(String type, String target, String key, Finding finding) {}

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    List<FoundFinding> shown = new ArrayList<>();
    int[] hidden = {0};
    BatchFindings.open(context, batch)
        .forEach(
            found -> {
              if (found.isSuppressed() && !all) {
                hidden[0]++;
              } else {
                shown.add(found);
              }
            });
    shown.sort(Comparator.comparing(found -> found.finding().severity().level()));
    if (json) {
      shown.forEach(
          found ->
              terminal.tellJson(
                  ArtifactJson.line(
                      new Line("finding", found.target(), found.key(), found.finding()))));
    } else if (!shown.isEmpty()) {
      table(shown).lines(TerminalStyle.of(context.environment())).forEach(terminal::tell);
    }
    if (shown.isEmpty() || hidden[0] > 0) {
      terminal.say(
          (shown.isEmpty() ? "No findings to look at" : shown.size() + " findings")
              + (hidden[0] == 0 ? "." : "; " + hidden[0] + " decided on: --all shows them."));
    }
    return ExitCode.OK.number();
  }

  private static TextTable table(List<FoundFinding> shown) {
    TextTable table =
        new TextTable(
            Column.word("FINDING"),
            Column.word("SEVERITY"),
            Column.word("STATE"),
            Column.name("TARGET"),
            Column.name("PLACE"),
            Column.word("VERIFIED"),
            Column.text("TITLE"),
            Column.text("DECIDED"));
    for (FoundFinding found : shown) {
      Finding finding = found.finding();
      Severity severity = finding.severity().level();
      Lifecycle lifecycle = finding.lifecycle();
      Suppression suppression = finding.suppression();
      table.row(
          Cell.of(found.name()),
          new Cell(severity.word(), severity.compareTo(Severity.HIGH) <= 0 ? Tone.BAD : Tone.PLAIN),
          Cell.of(lifecycle == null ? "" : lifecycle.state().word()),
          Cell.of(found.target()),
          Cell.of(finding.primary().path() + ":" + finding.primary().startLine()),
          Cell.of(verified(finding)),
          Cell.of(finding.title()),
          new Cell(suppression == null ? "" : ReviewWords.decided(suppression), Tone.FAINT));
    }
    return table;
  }

  private static String verified(Finding finding) {
    Verification verification = finding.verification();
    return verification == Verification.UNVERIFIED ? "" : verification.word();
  }
}
