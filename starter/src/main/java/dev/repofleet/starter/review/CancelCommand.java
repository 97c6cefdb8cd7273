package dev.repofleet.starter.review;

import dev.repofleet.starter.CommandContext;
import dev.repofleet.starter.ExitCode;
import dev.repofleet.starter.Terminal;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.client.TemporalConnection;
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
      "Cancels a batch: what is in work is stopped, what waits is not started.",
      "Results there are already stay, and the batch's report is written."
    },
    footer = {"", "Example:", "  repofleet cancel 20260102-030405-abcd"})
public final class CancelCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public CancelCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      KnownBatch known = KnownBatch.require(connection, batch, context.clock());
      if (known.view().end().isPresent()) {
        terminal.tell("Batch " + batch + " had ended already: nothing changed.");
        return ExitCode.OK.number();
      }
      Optional<BatchProgress> before = known.view().progress();
      connection
          .client()
          .newUntypedWorkflowStub(Fleet.batchWorkflowId(batch))
          .cancel("asked for on the command line");
      terminal.tell("Batch " + batch + " is being cancelled" + changed(before) + ".");
      terminal.say("`repofleet status " + batch + "` shows when it is done.");
    }
    return ExitCode.OK.number();
  }

  private static String changed(Optional<BatchProgress> before) {
    return before
        .map(
            progress ->
                ": "
                    + Wording.count(progress.running().size(), "repository", "repositories")
                    + " in work end, "
                    + (progress.total() - progress.dispatched())
                    + " are not started, "
                    + progress.tally().ended()
                    + " had ended")
        .orElse("; no worker answers for it now, it takes effect with the next one");
  }
}
