package dev.repofleet.starter.control;

import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchTargets;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.starter.target.ManifestBuilder;
import dev.repofleet.starter.target.TargetReader;
import dev.repofleet.starter.target.WantedTargets;
import dev.repofleet.workflows.batch.TargetsAdded;
import dev.repofleet.workflows.batch.TargetsToAdd;
import dev.repofleet.workflows.order.ManifestRef;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code add}: more targets for a batch. */
@Command(
    name = "add",
    mixinStandardHelpOptions = true,
    description = {
      "Adds repositories to a batch; they are reviewed after those it has, by its plan.",
      "What it has already is left out. A batch that has ended goes on with the new ones."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet add 20260102-030405-abcd owner/name",
      "  repofleet add 20260102-030405-abcd -f more.txt"
    })
public final class AddCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TARGET",
      description = "As with review: a URL, owner/name, or a path.")
  private @Nullable List<String> targets;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "A list of targets as with review; - reads standard input.")
  private @Nullable String list;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public AddCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    try (WantedTargets wanted =
            new TargetReader(context, terminal::say)
                .read(targets == null ? List.of() : targets, list);
        ControlledBatch controlled = ControlledBatch.open(context, terminal, batch)) {
      controlled.requireKeys();
      BatchRecords records = controlled.records();
      List<TargetRow> known = BatchTargets.require(context, records);
      Set<String> there = common(wanted, known);
      if (!there.isEmpty()) {
        terminal.say(
            Wording.count(there.size(), "repository is", "repositories are")
                + " in batch "
                + batch
                + " already: left out");
      }
      Optional<ManifestRef> more =
          new ManifestBuilder(context.environment(), records.store(), terminal::say)
              .more(records.plan(), wanted, there::contains)
              .map(ManifestBuilder::forWorkflows);
      if (more.isEmpty()) {
        terminal.tell("Nothing is added to batch " + batch + ".");
        return ExitCode.OK.number();
      }
      TargetsAdded changed = add(controlled, more.get(), known.size());
      terminal.tell(
          Wording.count(changed.added(), "repository is", "repositories are")
              + " added to batch "
              + batch
              + ": it has "
              + changed.total()
              + ".");
    }
    return ExitCode.OK.number();
  }

  private static Set<String> common(WantedTargets wanted, List<TargetRow> known) {
    Set<String> keys = new HashSet<>();
    wanted.forEach(target -> keys.add(target.key()));
    Set<String> common = new HashSet<>();
    for (TargetRow row : known) {
      if (keys.contains(row.key())) {
        common.add(row.key());
      }
    }
    return common;
  }

  /** A batch that has ended gives them its own name once it is at work again. */
  private static TargetsAdded add(ControlledBatch controlled, ManifestRef more, int total) {
    return controlled
        .ask("add", TargetsAdded.class, new TargetsToAdd(more, total))
        .orElseGet(() -> controlled.reopen("add to", ended -> ended.add(more)));
  }
}
