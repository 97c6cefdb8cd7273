package dev.repofleet.starter.publish;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.review.PublishedStatus;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import java.util.List;

/** Has the workers ask the forges what became of what was published. */
public final class PublishedLook implements PublishedStatus {
  private static final PublishOptions LOOK =
      new PublishOptions(PublishMode.LOOK, true, true, true, false, false, List.of(), null);

  private final CommandContext context;

  /** In this world. */
  public PublishedLook(CommandContext context) {
    this.context = context;
  }

  @Override
  public ExitCode show(
      TemporalConnection connection, String batch, boolean json, Terminal terminal) {
    PublishRun run = new PublishRun(connection, context, batch, terminal::say);
    if (PublishedRows.of(run.records()).isEmpty()) {
      terminal.say("Nothing of batch " + batch + " is published: `repofleet publish` does that.");
      return ExitCode.OK;
    }
    if (run.run(LOOK, null).isEmpty()) {
      return ExitCode.INTERRUPTED;
    }
    PublishedRows.show(PublishedRows.of(run.records()), json, terminal, context.environment());
    return ExitCode.OK;
  }
}
