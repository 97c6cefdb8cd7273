package dev.repofleet.starter.publish;

import dev.repofleet.starter.batch.PublishedStatus;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import dev.repofleet.workflows.publish.PublishProgress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
    Optional<PublishProgress> looked = run.run(LOOK, null);
    if (looked.isEmpty()) {
      return ExitCode.INTERRUPTED;
    }
    PublishedRows.show(PublishedRows.of(run.records()), json, terminal, context.environment());
    return judged(looked.get(), terminal::say);
  }

  /** What a look was worth: one that a forge refuses tells no more than one it does not answer. */
  static ExitCode judged(PublishProgress looked, Consumer<String> talk) {
    int unknown = looked.failed() + looked.refused();
    if (unknown == 0) {
      return ExitCode.OK;
    }
    looked.notes().forEach(note -> talk.accept(PlainText.of(note)));
    talk.accept(
        "Of "
            + Wording.count(unknown, "repository", "repositories")
            + " the forge did not tell: what is shown is what was known before.");
    if (looked.refused() > 0) {
      talk.accept(
          "Where it refuses, see whether the repository is still there, and give the workers a login"
              + " that may read it: `repofleet doctor` with their variables tells whether it is"
              + " good.");
    }
    return ExitCode.FINISHED_WITH_FAILURES;
  }
}
