package dev.repofleet.starter.control;

import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.batch.RepositoriesCancelled;
import io.temporal.client.WorkflowNotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cancel}: ends a batch before its end. */
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    description = {
      "Cancels a batch, or some repositories of it.",
      "What is in work is stopped, what waits is not started. Results there are already",
      "stay, also those of an agent that was stopped, and the batch's report is written."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet cancel 20260102-030405-abcd",
      "  repofleet cancel 20260102-030405-abcd owner/name"
    })
public final class CancelCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TARGET",
      description = "Only these: as typed, the key, or a part of the name that no other has.")
  private @Nullable List<String> targets;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public CancelCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    try (ControlledBatch controlled = ControlledBatch.open(context, terminal, batch)) {
      if (targets == null || targets.isEmpty()) {
        cancelAll(controlled, terminal);
      } else {
        cancelSome(controlled, terminal, targets);
      }
    }
    return ExitCode.OK.number();
  }

  private void cancelSome(ControlledBatch controlled, Terminal terminal, List<String> typed) {
    RepositoriesCancelled changed =
        controlled
            .ask(
                "cancelRepositories",
                RepositoriesCancelled.class,
                ControlledBatch.selection(controlled.choose(typed)))
            .orElseThrow(() -> controlled.ended("cancel repositories of"));
    terminal.tell(
        "Of batch "
            + batch
            + " "
            + Wording.count(changed.stopping(), "repository", "repositories")
            + " in work are being stopped, "
            + changed.notStarted()
            + " are not started, "
            + changed.ended()
            + " had ended.");
  }

  /** Temporal's own cancellation, so that this and its UI's button are the same. */
  private void cancelAll(ControlledBatch controlled, Terminal terminal) {
    KnownBatch known = controlled.known();
    if (known.view().end().isPresent()) {
      terminal.tell(endedAlready());
      return;
    }
    Optional<BatchProgress> before = known.view().progress();
    try {
      controlled
          .connection()
          .client()
          .newUntypedWorkflowStub(Fleet.batchWorkflowId(batch))
          .cancel("asked for on the command line");
    } catch (WorkflowNotFoundException justEnded) {
      terminal.tell(endedAlready());
      return;
    }
    terminal.tell("Batch " + batch + " is being cancelled" + changed(before) + ".");
    terminal.say("`repofleet status " + batch + "` shows when it is done.");
  }

  private String endedAlready() {
    return "Batch " + batch + " had ended already: nothing changed.";
  }

  private static String changed(Optional<BatchProgress> before) {
    return before
        .map(
            progress ->
                ": "
                    + Wording.count(progress.running().size(), "repository", "repositories")
                    + " in work end, "
                    + (progress.total() - progress.tally().ended() - progress.running().size())
                    + " are not started, "
                    + progress.tally().ended()
                    + " had ended")
        .orElse("; no worker answers for it now, it takes effect with the next one");
  }
}
