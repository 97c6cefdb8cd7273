package dev.repofleet.starter.control;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.workflows.batch.BatchSet;
import dev.repofleet.workflows.batch.BatchSettings;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code set}: changes a batch's concurrency and budget while it works. */
@Command(
    name = "set",
    mixinStandardHelpOptions = true,
    description = {
      "Changes settings of a batch while it works.",
      "What is in work goes on: less concurrency takes effect as repositories end, a",
      "smaller budget with the next one.",
      "A batch that has stopped at its budget goes on with a larger one."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet set 20260102-030405-abcd --concurrency 50",
      "  repofleet set 20260102-030405-abcd --budget-usd 200"
    })
public final class SetCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "Most repositories in work at once, 1 to 500.")
  private @Nullable Integer concurrency;

  @Option(
      names = "--budget-usd",
      paramLabel = "X",
      description = "Most dollars that all its repositories may cost together.")
  private @Nullable Double budgetUsd;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public SetCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (concurrency == null && budgetUsd == null) {
      throw CommandException.wrongUse("set takes --concurrency, --budget-usd, or both");
    }
    Terminal terminal = Terminal.of(spec);
    BatchSettings change = new BatchSettings(concurrency, budgetUsd);
    try (ControlledBatch controlled = ControlledBatch.open(context, terminal, batch)) {
      controlled.requireKeys();
      BatchSet changed =
          controlled
              .ask("set", BatchSet.class, change)
              .orElseGet(() -> controlled.reopen("set", ended -> ended.set(change)));
      if (concurrency != null) {
        terminal.tell(
            "concurrency: "
                + changed.before().window()
                + " -> "
                + changed.now().window()
                + " ("
                + changed.working()
                + " in work)");
      }
      if (budgetUsd != null) {
        terminal.tell(
            String.format(
                Locale.ROOT,
                "budget: %s -> %s ($%.2f spent, $%.2f reserved)",
                dollars(changed.before().budgetUsd()),
                dollars(changed.now().budgetUsd()),
                changed.spentUsd(),
                changed.reservedUsd()));
      }
    }
    return ExitCode.OK.number();
  }

  private static String dollars(@Nullable Double usd) {
    return usd == null ? "none" : String.format(Locale.ROOT, "$%.2f", usd);
  }
}
