package dev.repofleet.starter.sandboxes;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.render.TextTable;
import dev.repofleet.starter.render.TextTable.Cell;
import dev.repofleet.starter.render.TextTable.Column;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.starter.sandboxes.HeldSandboxes.Judged;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.LeaseLabels;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sandboxes list}: what the fleet holds, and whose it is. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the fleet's sandboxes, running and paused, and whose each is.",
      "E2B is asked for the sandboxes, Temporal for the reviews. Changes nothing."
    },
    footer = {"", "Examples:", "  repofleet sandboxes list", "  repofleet sandboxes list --json"})
final class SandboxListCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = "--json", description = "Prints JSON lines.")
  private boolean json;

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  SandboxListCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    Fleet asked = fleet.in(context);
    try (SandboxAccount account = SandboxAccount.open(context.environment())) {
      HeldSandboxes held = account.held(asked);
      held.foreignSentence().ifPresent(terminal::say);
      if (held.sandboxes().isEmpty()) {
        terminal.say(HeldSandboxes.noneSentence(asked, account.address()));
        return ExitCode.OK.number();
      }
      try (TemporalReviews reviews = TemporalReviews.open(context.environment(), terminal::say)) {
        PoolSandboxes pool = reviews.pool(asked);
        List<Judged> judged =
            held.sandboxes().stream().map(sandbox -> held.judge(sandbox, reviews, pool)).toList();
        show(terminal, held, judged);
        return (reviews.away() ? ExitCode.UNREACHABLE : ExitCode.OK).number();
      }
    }
  }

  private void show(Terminal terminal, HeldSandboxes held, List<Judged> judged) {
    if (json) {
      for (Judged one : judged) {
        terminal.tellJson(
            ArtifactJson.line(SandboxLine.of(one.sandbox(), one.lease(), one.verdict(), null)));
      }
    } else {
      table(held, judged).lines(TerminalStyle.of(context.environment())).forEach(terminal::tell);
    }
  }

  private static TextTable table(HeldSandboxes held, List<Judged> judged) {
    TextTable table =
        new TextTable(
            Column.word("SANDBOX"),
            Column.word("STATE"),
            Column.word("OWNER"),
            Column.name("BATCH"),
            Column.name("REPOSITORY"),
            Column.number("SINCE"),
            Column.text("WHY"));
    for (Judged one : judged) {
      LeaseLabels lease = one.lease();
      Verdict verdict = one.verdict();
      table.row(
          Cell.of(one.sandbox().sandboxId()),
          Cell.of(SandboxLine.state(one.sandbox())),
          new Cell(verdict.owner().word(), verdict.owner().tone()),
          Cell.of(lease == null ? "-" : lease.batch()),
          Cell.of(lease == null ? "-" : lease.key()),
          Cell.of(
              held.serverTime()
                  .map(now -> Duration.between(one.sandbox().startedAt(), now))
                  .map(Wording::duration)
                  .orElse("-")),
          Cell.of(verdict.reason()));
    }
    return table;
  }
}
