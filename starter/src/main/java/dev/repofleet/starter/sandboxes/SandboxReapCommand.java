package dev.repofleet.starter.sandboxes;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.sandboxes.HeldSandboxes.Judged;
import dev.repofleet.workflows.Fleet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sandboxes reap}: deletes what the fleet holds and nobody owns. */
@Command(
    name = "reap",
    mixinStandardHelpOptions = true,
    description = {
      "Deletes the fleet's sandboxes whose review has ended.",
      "One that a review works with, one that is new, one of which it can't be told, and",
      "one that is not this fleet's are left alone."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet sandboxes reap --dry-run",
      "  repofleet sandboxes reap"
    })
final class SandboxReapCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = "--dry-run", description = "Deletes nothing, and says what it would delete.")
  private boolean dryRun;

  @Option(names = "--json", description = "Prints JSON lines.")
  private boolean json;

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  SandboxReapCommand(CommandContext context) {
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
        Reaper reaper =
            new Reaper(
                reviews,
                reviews.pool(asked),
                dryRun ? null : account::kill,
                json ? lines(terminal) : talk(terminal));
        reaper.reap(held);
        terminal.say(summary(reaper));
        boolean whole = !reviews.away() && reaper.failed() == 0;
        return (whole ? ExitCode.OK : ExitCode.UNREACHABLE).number();
      }
    }
  }

  private String summary(Reaper reaper) {
    StringBuilder sentence = new StringBuilder(dryRun ? "Would delete " : "Deleted ");
    sentence.append(reaper.deleted());
    if (reaper.failed() > 0) {
      sentence.append(", could not delete ").append(reaper.failed()).append(" (reap again)");
    }
    return sentence
        .append("; left alone: ")
        .append(reaper.left(Owner.OWNED))
        .append(" owned, ")
        .append(reaper.left(Owner.YOUNG))
        .append(" young, ")
        .append(reaper.left(Owner.UNKNOWN))
        .append(" unknown.")
        .toString();
  }

  private static Reaper.Listener lines(Terminal terminal) {
    return new Reaper.Listener() {
      @Override
      public void left(Judged one) {
        terminal.tellJson(
            ArtifactJson.line(SandboxLine.of(one.sandbox(), one.lease(), one.verdict(), null)));
      }

      @Override
      public void reaped(Judged one, Reaper.Action action, @Nullable String problem) {
        if (problem != null) {
          terminal.say(one.name() + ": not deleted: " + PlainText.of(problem));
        }
        terminal.tellJson(
            ArtifactJson.line(
                SandboxLine.of(one.sandbox(), one.lease(), one.verdict(), action.word())));
      }
    };
  }

  private static Reaper.Listener talk(Terminal terminal) {
    return new Reaper.Listener() {
      /** Those at work are only counted: there may be hundreds. */
      @Override
      public void left(Judged one) {
        if (one.verdict().owner() != Owner.OWNED) {
          terminal.say(
              one.name()
                  + ": left alone, "
                  + one.verdict().owner().word()
                  + ": "
                  + one.verdict().reason());
        }
      }

      @Override
      public void reaped(Judged one, Reaper.Action action, @Nullable String problem) {
        switch (action) {
          case DELETED -> terminal.tell(one.name() + ": deleted, " + one.verdict().reason());
          case GONE -> terminal.tell(one.name() + ": was gone already");
          case WOULD_DELETE ->
              terminal.tell(one.name() + ": would be deleted, " + one.verdict().reason());
          case NOT_DELETED -> terminal.say(one.name() + ": not deleted: " + PlainText.of(problem));
        }
      }
    };
  }
}
