package dev.repofleet.starter.compare;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchTargets;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.batch.WrittenEnd;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.out.FolderFile;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.TextStyle;
import dev.repofleet.starter.render.TextTable;
import dev.repofleet.starter.render.TextTable.Cell;
import dev.repofleet.starter.render.TextTable.Column;
import dev.repofleet.starter.render.Tone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code compare}: what two batches found differently. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Says which findings of a batch are new, known from an earlier one, or resolved.",
      "Words and line numbers do not count. What was not reviewed in full resolves",
      "nothing: its state is unknown."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet compare monday tuesday",
      "  repofleet compare monday tuesday --fail-on new:high,reopened:high",
      "  repofleet compare monday tuesday --out difference"
    })
public final class CompareCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "EARLIER", description = "Id of the earlier batch.")
  private String before = "";

  @Parameters(index = "1", paramLabel = "LATER", description = "Id of the later batch.")
  private String after = "";

  @Option(
      names = "--fail-on",
      paramLabel = "STATE:SEVERITY",
      description = {
        "Ends with 3 where there is a finding of this state that is at least so severe, such as",
        "new:high, or a repository of the later batch was not reviewed; several with commas",
        "between them."
      })
  private @Nullable String failOn;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = {
        "Writes compare.html, a page for a browser, and compare.json, the line of --json, into this",
        "folder as well."
      })
  private @Nullable String out;

  @Option(names = "--json", description = "Prints one line of JSON.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public CompareCommand(CommandContext context) {
    this.context = context;
  }

  /** One line of {@code --json}. */
  private record Line(
      String type,
      String before,
      String after,
      Map<String, Map<Severity, Integer>> counts,
      List<RepositoryDifference> repositories) {}

  @Override
  public Integer call() throws IOException {
    List<FailOn> limits = failOn == null ? List.of() : FailOn.parse(failOn);
    BatchDifference difference = BatchDifference.of(records(before), records(after));
    Terminal terminal = Terminal.of(spec);
    String line = ArtifactJson.line(line(difference));
    if (json) {
      terminal.tellJson(line);
    } else {
      lines(difference).forEach(terminal::tell);
    }
    if (out != null) {
      Path folder = context.workingDirectory().resolve(out);
      FolderFile.write(folder, "compare.json", to -> to.write(PlainText.inJson(line) + "\n"));
      terminal.say(
          "Written: "
              + FolderFile.write(folder, "compare.html", new ComparisonPage(difference)::write));
    }
    List<String> met =
        limits.stream()
            .filter(limit -> limit.holds(difference))
            .map(limit -> limit.words(difference))
            .collect(Collectors.toCollection(ArrayList::new));
    if (failOn != null && difference.unreviewed() > 0) {
      met.add(difference.unreviewed() + " of the later batch's repositories were not reviewed");
    }
    if (met.isEmpty()) {
      return ExitCode.OK.number();
    }
    terminal.say("--fail-on: " + String.join("; ", met));
    return ExitCode.FINISHED_WITH_FAILURES.number();
  }

  private BatchRecords records(String batch) {
    KnownBatch.requireId(batch);
    BatchRecords records = BatchRecords.open(context, batch);
    BatchTargets.require(context, records);
    if (records.batchResult().isEmpty() || WrittenEnd.goesOn(records, context)) {
      throw CommandException.wrongUse(
          "batch " + batch + " has not ended: `repofleet watch " + batch + "` shows how it stands");
    }
    return records;
  }

  private static Line line(BatchDifference difference) {
    Map<String, Map<Severity, Integer>> counts = new LinkedHashMap<>();
    difference.counts().forEach((state, count) -> counts.put(state.word(), count));
    return new Line(
        "comparison", difference.before(), difference.after(), counts, difference.repositories());
  }

  private List<String> lines(BatchDifference difference) {
    TextStyle style = TerminalStyle.of(context.environment());
    List<String> lines = new ArrayList<>();
    List<String> counts = new ArrayList<>();
    for (LifecycleState state : LifecycleState.values()) {
      int count = difference.count(state);
      if (count > 0 || state == LifecycleState.NEW) {
        counts.add(count + " " + state.word());
      }
    }
    lines.add(
        "%s, compared with %s: %s"
            .formatted(difference.after(), difference.before(), String.join(", ", counts)));
    for (RepositoryDifference repository : difference.repositories()) {
      if (repository.isWorthALine()) {
        lines.add("");
        lines.add(style.dress(Tone.STRONG, PlainText.of(repository.target())));
        if (repository.note() != null) {
          lines.add("  " + repository.note());
        }
        lines.addAll(table(repository, style));
      }
    }
    return lines;
  }

  private static List<String> table(RepositoryDifference repository, TextStyle style) {
    List<FindingChange> shown = repository.told();
    if (shown.isEmpty()) {
      return List.of();
    }
    TextTable table =
        new TextTable(
            Column.word("state"),
            Column.word("severity"),
            Column.text("rule"),
            Column.name("place"),
            Column.text("title"));
    for (FindingChange change : shown) {
      table.row(
          new Cell(change.state().word() + (change.isRejected() ? ", rejected" : ""), tone(change)),
          Cell.of(change.severity().word()),
          Cell.of(change.ruleId()),
          Cell.of(change.path() + ":" + change.startLine()),
          Cell.of(change.title()));
    }
    return table.lines(style);
  }

  private static Tone tone(FindingChange change) {
    if (change.isRejected()) {
      return Tone.FAINT;
    }
    return switch (change.state()) {
      case NEW, REOPENED ->
          change.severity().compareTo(Severity.HIGH) <= 0 ? Tone.BAD : Tone.WARNING;
      case RESOLVED -> Tone.GOOD;
      default -> Tone.FAINT;
    };
  }
}
