package dev.repofleet.starter.review;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.starter.CommandContext;
import dev.repofleet.starter.CommandException;
import dev.repofleet.starter.ExitCode;
import dev.repofleet.starter.Terminal;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
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
      "Goes on with a batch that is held until a person has mended something, as a key",
      "that the model's provider refuses. The whole fleet of the batch goes on."
    },
    footer = {"", "Example:", "  repofleet resume 20260102-030405-abcd"})
public final class ResumeCommand implements Callable<Integer> {
  private static final String UPDATE = "resume";

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
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      KnownBatch known = KnownBatch.require(connection, batch, context.clock());
      Fleet fleet =
          known
              .view()
              .fleet()
              .orElseThrow(
                  () ->
                      CommandException.wrongUse(
                          "cannot resume batch " + batch + ": it is of no fleet"));
      TemporalUpdates updates = new TemporalUpdates(connection);
      Optional<String> pool = resumePool(updates, fleet);
      pool.ifPresent(
          held ->
              terminal.tell(
                  "The pool of fleet "
                      + fleet.name()
                      + " gives permits again; it was held: "
                      + HoldEvent.reason(held)
                      + "."));
      Optional<String> own = resumeBatch(updates, pool.isPresent());
      own.ifPresent(
          held ->
              terminal.tell(
                  "Batch " + batch + " goes on; it was held: " + HoldEvent.reason(held) + "."));
      if (pool.isEmpty() && own.isEmpty()) {
        throw CommandException.wrongUse(
            "cannot resume batch "
                + batch
                + ": it is not paused"
                + (known.view().end().isPresent() ? "; it has ended" : ""));
      }
    }
    return ExitCode.OK.number();
  }

  private static Optional<String> resumePool(TemporalUpdates updates, Fleet fleet) {
    try {
      return updates
          .ask(fleet.poolWorkflowId(), UPDATE, PoolResumed.class)
          .map(PoolResumed::heldFor);
    } catch (TemporalUpdates.Refused e) {
      throw refused("the pool of fleet " + fleet.name(), e);
    }
  }

  /** A batch of a version that can't be held knows no such update, and isn't. */
  private Optional<String> resumeBatch(TemporalUpdates updates, boolean poolResumed) {
    try {
      return updates
          .ask(Fleet.batchWorkflowId(batch), UPDATE, JsonNode.class)
          .map(answer -> answer.path("heldFor"))
          .filter(JsonNode::isTextual)
          .map(JsonNode::textValue);
    } catch (TemporalUpdates.Refused e) {
      if (poolResumed || e.sentence().startsWith("Unknown update name")) {
        return Optional.empty();
      }
      throw refused("batch " + batch, e);
    }
  }

  private static CommandException refused(String what, TemporalUpdates.Refused refusal) {
    return CommandException.wrongUse("cannot resume " + what + ": " + refusal.sentence());
  }
}
