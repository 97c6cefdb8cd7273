package dev.repofleet.starter.control;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.workflows.batch.BatchPaused;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pause}: lets a batch rest. */
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    description = {
      "Pauses a batch.",
      "Nothing more is started, and what is in work ends its turn and goes no further.",
      "Its sandboxes are paused meanwhile, for as long as it takes."
    },
    footer = {"", "Example:", "  repofleet pause 20260102-030405-abcd"})
public final class PauseCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public PauseCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    try (ControlledBatch controlled = ControlledBatch.open(context, terminal, batch)) {
      BatchPaused changed =
          controlled.ask("pause", BatchPaused.class).orElseThrow(() -> controlled.ended("pause"));
      terminal.tell(
          "Batch "
              + batch
              + " is paused: "
              + changed.working()
              + " in work stop before their next turn, "
              + changed.queued()
              + " are not started.");
      terminal.say("`repofleet resume " + batch + "` goes on.");
    }
    return ExitCode.OK.number();
  }
}
