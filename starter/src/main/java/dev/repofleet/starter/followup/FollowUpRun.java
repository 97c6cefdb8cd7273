package dev.repofleet.starter.followup;

import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.TemporalBatchView;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.InterruptNotice;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.logs.EndedReview;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.client.TemporalConnection;
import org.jspecify.annotations.Nullable;

/** One follow-up asked for by a person, from its prompt to its end. For one thread. */
final class FollowUpRun {
  private final CommandContext context;
  private final Terminal terminal;
  private final TemporalConnection connection;
  private final BatchRecords records;
  private final TargetRow target;
  private final String name;
  private final TemporalBatchView view;

  FollowUpRun(
      CommandContext context,
      Terminal terminal,
      TemporalConnection connection,
      BatchRecords records,
      TargetRow target) {
    this.context = context;
    this.terminal = terminal;
    this.connection = connection;
    this.records = records;
    this.target = target;
    this.name = PlainText.of(target.target());
    @Nullable Fleet fleet = records.fleet(target.key()).orElse(null);
    this.view = new TemporalBatchView(connection, fleet, records.batch(), context.clock());
  }

  /**
   * Sends the prompt, unless an earlier call may have; without {@code detach} blocks until the
   * review has ended. What became of an earlier call's is told at once where it has.
   *
   * @throws CommandException with exit code 2 when there is no session to go on with; nothing was
   *     started
   */
  ExitCode run(byte[] prompt, boolean detach) throws InterruptedException {
    FollowUpRequest request =
        new FollowUpRequest(connection, records, target, context.clock(), terminal::say);
    boolean runs = view.reviewRuns(target.key());
    boolean mayBeTaken = request.mayBeTaken(prompt, runs);
    if (mayBeTaken) {
      terminal.say(
          name
              + ": was asked this before, and nobody heard whether it was taken: it is waited for,"
              + " not asked twice.");
    } else {
      request.send(prompt);
    }
    String logs = "`repofleet logs " + records.batch() + " " + target.key() + " -f`";
    if (mayBeTaken && !runs) {
      return settled(request, prompt);
    }
    if (detach) {
      terminal.tell(Fleet.reviewWorkflowId(records.batch(), target.key()));
      terminal.say(logs + " shows what the agent does.");
      return ExitCode.OK;
    }
    try (InterruptNotice notice =
        new InterruptNotice(
            () -> terminal.say("Interrupted. The follow-up goes on: " + logs + " shows it."))) {
      new FollowUpWatch(
              view,
              records.batch(),
              target,
              line -> {
                if (!notice.interrupted()) {
                  terminal.say(line);
                }
              },
              context.clock(),
              Pause.SLEEPING)
          .awaitEnd();
    }
    return mayBeTaken ? settled(request, prompt) : finish(prompt);
  }

  /** Tells what became of a prompt that nobody had heard of; from now on it may be asked again. */
  private ExitCode settled(FollowUpRequest request, byte[] prompt) {
    ExitCode code = finish(prompt);
    request.settle(prompt);
    return code;
  }

  private ExitCode finish(byte[] prompt) {
    RepositoryResult result =
        records
            .result(target.key())
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.INTERNAL, name + " ended and left no result", null));
    @Nullable TurnOutcome last = FollowUpRequest.answer(records, target, prompt).orElse(null);
    if (last != null) {
      tellAnswer(last);
    }
    terminal.tell(PlainText.of(EndedReview.line(target, result)));
    if (result.message() != null) {
      terminal.say(name + ": " + PlainText.of(result.message(), 300));
    }
    terminal.say(
        "Results in the artifact store "
            + DataFolders.of(context.environment(), context.home()).artifacts()
            + ", under reviews/"
            + records.batch()
            + "/"
            + target.key());
    boolean done = last != null && last.cause() == null;
    return done && result.status() == RepositoryStatus.COMPLETE
        ? ExitCode.OK
        : ExitCode.FINISHED_WITH_FAILURES;
  }

  private void tellAnswer(TurnOutcome turn) {
    FollowUpAnswer.text(records, turn).lines().forEach(line -> terminal.tell(PlainText.of(line)));
  }
}
