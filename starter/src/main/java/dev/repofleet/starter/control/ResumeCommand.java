package dev.repofleet.starter.control;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.starter.server.TemporalUpdates;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.BatchResumed;
import dev.repofleet.workflows.pool.PoolResumed;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code resume}: goes on with what is held until a person has mended something. What is held is
 * the fleet's pool, which tells its batches; the batch is asked as well, since it may have been
 * told by a pool that is no more.
 */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Goes on with a batch that was paused, or is held.",
      "It is held until a person has mended something, as a key that the model's provider",
      "refuses: then its whole fleet goes on."
    },
    footer = {"", "Example:", "  repofleet resume 20260102-030405-abcd"})
public final class ResumeCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public ResumeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    try (ControlledBatch controlled = ControlledBatch.open(context, terminal, batch)) {
      Fleet fleet =
          controlled
              .known()
              .view()
              .fleet()
              .orElseThrow(
                  () ->
                      CommandException.wrongUse(
                          "cannot resume batch " + batch + ": it is of no fleet"));
      Optional<String> pool = resumePool(controlled, fleet);
      pool.ifPresent(
          held ->
              terminal.tell(
                  "The pool of fleet "
                      + fleet.name()
                      + " gives permits again; it was held: "
                      + HoldEvent.reason(held)
                      + "."));
      Optional<BatchResumed> own = resumeBatch(controlled, pool.isPresent());
      own.ifPresent(resumed -> tell(terminal, resumed));
      if (pool.isEmpty() && own.isEmpty()) {
        throw controlled.ended("resume");
      }
    }
    return ExitCode.OK.number();
  }

  private void tell(Terminal terminal, BatchResumed resumed) {
    String held = resumed.heldFor();
    terminal.tell(
        "Batch "
            + batch
            + " goes on; it was "
            + (Boolean.TRUE.equals(resumed.paused()) ? "paused" : "")
            + (Boolean.TRUE.equals(resumed.paused()) && held != null ? ", and " : "")
            + (held == null ? "" : "held: " + HoldEvent.reason(held))
            + ".");
  }

  private static Optional<String> resumePool(ControlledBatch controlled, Fleet fleet) {
    try {
      return new TemporalUpdates(controlled.connection())
          .ask(fleet.poolWorkflowId(), "resume", PoolResumed.class)
          .map(PoolResumed::heldFor);
    } catch (TemporalUpdates.Refused e) {
      throw CommandException.wrongUse(
          "cannot resume the pool of fleet " + fleet.name() + ": " + e.sentence());
    }
  }

  /** A batch that the pool has told already refuses, which is as it should be. */
  private static Optional<BatchResumed> resumeBatch(
      ControlledBatch controlled, boolean poolResumed) {
    try {
      return controlled.ask("resume", BatchResumed.class);
    } catch (CommandException e) {
      if (poolResumed && e.exitCode() == ExitCode.WRONG_USE) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
