package dev.repofleet.starter.control;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.batch.RepositoriesRequeued;
import dev.repofleet.workflows.batch.RepositorySelection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retry}: reviews repositories once more. */
@Command(
    name = "retry",
    mixinStandardHelpOptions = true,
    description = {
      "Reviews repositories of a batch once more, each with a new session of the agent.",
      "The new result takes the place of the old one, the cost of both counts.",
      "A batch that has ended goes on."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet retry 20260102-030405-abcd --failed",
      "  repofleet retry 20260102-030405-abcd owner/name"
    })
public final class RetryCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TARGET",
      description = "As it was typed, its key, or a part of its name that no other has.")
  private @Nullable List<String> targets;

  @Option(
      names = "--failed",
      description =
          "All that ended otherwise than complete or unchanged; of a batch that has ended also"
              + " those that never began.")
  private boolean failed;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public RetryCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<String> typed = targets == null ? List.of() : targets;
    if (typed.isEmpty() == !failed) {
      throw CommandException.wrongUse(
          typed.isEmpty()
              ? "retry takes --failed, or the repositories to review once more"
              : "retry takes --failed or repositories, not both");
    }
    Terminal terminal = Terminal.of(spec);
    try (ControlledBatch controlled = ControlledBatch.open(context, terminal, batch)) {
      controlled.requireKeys();
      RepositorySelection wanted =
          failed
              ? new RepositorySelection(List.of(), true)
              : ControlledBatch.selection(controlled.choose(typed));
      RepositoriesRequeued changed =
          controlled
              .ask("retry", RepositoriesRequeued.class, wanted)
              .orElseGet(() -> controlled.reopen("retry in", ended -> ended.retry(wanted)));
      terminal.tell(
          Wording.count(changed.requeued(), "repository is", "repositories are")
              + " reviewed once more in batch "
              + batch
              + (changed.unfinished() > 0
                  ? "; " + changed.unfinished() + " had not ended anyway."
                  : "."));
      terminal.say("`repofleet watch " + batch + "` looks on.");
    }
    return ExitCode.OK.number();
  }
}
