package dev.repofleet.starter.logs;

import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchTargets;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.batch.TargetChoice;
import dev.repofleet.starter.batch.TemporalBatchView;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.InterruptNotice;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.render.AgentEventLines;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.TemporalUnreachableException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code logs}: what the agent does in one repository. */
@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what the agent does in one repository.",
      "That is what it says, which tools it calls, tokens and cost of each turn. Read",
      "from the artifact store, seconds behind the agent."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet logs 20260102-030405-abcd owner/name -f",
      "  repofleet logs 20260102-030405-abcd owner/name --json"
    })
public final class LogsCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      description = "As it was typed, its key, or a part of its name that no other has.")
  private String target = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Goes on until the review has ended.")
  private boolean follow;

  @Option(names = "--json", description = "Prints the agent's event lines as they are.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public LogsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    KnownBatch.requireId(batch);
    Terminal terminal = Terminal.of(spec);
    BatchRecords records = BatchRecords.open(context, batch);
    TargetRow row = TargetChoice.choose(batch, BatchTargets.require(context, records), target);
    try (TemporalConnection connection = TemporalConnection.open(context.environment());
        InterruptNotice notice = notice(terminal)) {
      follower(connection, records, row, terminal, notice).show(follow);
    } catch (TemporalUnreachableException | TemporalAwayException e) {
      fromTheStore(records, row, terminal, e);
    }
    return ExitCode.OK.number();
  }

  private InterruptNotice notice(Terminal terminal) {
    return new InterruptNotice(
        () -> terminal.say(follow ? "Interrupted. The review goes on." : "Interrupted."));
  }

  private LogFollower follower(
      TemporalConnection connection,
      BatchRecords records,
      TargetRow row,
      Terminal terminal,
      InterruptNotice notice) {
    return new LogFollower(
        new TemporalBatchView(connection, batch, context.clock()),
        records,
        row,
        listener(
            terminal,
            line -> {
              if (!notice.interrupted()) {
                terminal.say(PlainText.of(line));
              }
            }),
        context.clock(),
        Pause.SLEEPING);
  }

  private LogFollower.Listener listener(
      Terminal terminal, java.util.function.Consumer<String> talk) {
    AgentEventLines lines = new AgentEventLines(TerminalStyle.of(context.environment()));
    return new LogFollower.Listener(
        (turn, line) -> {
          if (json) {
            terminal.tell(AgentEventLines.json(line));
          } else {
            lines.lines(turn, line).forEach(terminal::tell);
          }
        },
        talk);
  }

  /** A review that has ended needs no server: what the agent did is in the store. */
  private void fromTheStore(
      BatchRecords records, TargetRow row, Terminal terminal, RuntimeException away) {
    LogFollower.Listener listener = listener(terminal, line -> terminal.say(PlainText.of(line)));
    EndedReview ended = new EndedReview(records, row, listener);
    if (!ended.show()) {
      throw away;
    }
    terminal.say("Temporal does not answer: whether another turn is in work can't be told.");
  }
}
