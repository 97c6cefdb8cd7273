package dev.repofleet.starter.followup;

import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchTargets;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.batch.TargetChoice;
import dev.repofleet.starter.batch.TemporalBatchView;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.server.TemporalUpdates;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.review.FollowUpAnswered;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A person's answer to follow-ups that wait for one: what both answers share. */
abstract class AnswerCommand implements Callable<Integer> {
  private final CommandContext context;
  private final String update;
  private final String done;

  @Parameters(index = "0", paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "TARGET",
      description = "As it was typed, its key, or a part of its name that no other has.")
  private @Nullable List<String> targets;

  @Spec private @Nullable CommandSpec spec;

  /**
   * An answer.
   *
   * @param update of the workflow that takes it
   * @param done what is true of the follow-up afterwards, for a person
   */
  AnswerCommand(CommandContext context, String update, String done) {
    this.context = context;
    this.update = update;
    this.done = done;
  }

  @Override
  public final Integer call() {
    KnownBatch.requireId(batch);
    Terminal terminal = Terminal.of(spec);
    BatchRecords records = BatchRecords.open(context, batch);
    Set<TargetRow> rows = rows(BatchTargets.require(context, records));
    int answered = 0;
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      connection.requireKeys(
          new TemporalBatchView(connection, batch, context.clock()).fleet(records));
      TemporalUpdates updates = new TemporalUpdates(connection);
      for (TargetRow row : rows) {
        answered += answer(updates, records, row, terminal) ? 1 : 0;
      }
    }
    return (answered > 0 ? ExitCode.OK : ExitCode.WRONG_USE).number();
  }

  /** All of them before the first answer: a mistyped one must not leave half of them answered. */
  private Set<TargetRow> rows(List<TargetRow> known) {
    Set<TargetRow> rows = new LinkedHashSet<>();
    for (String target : targets == null ? List.<String>of() : targets) {
      rows.add(TargetChoice.choose(batch, known, target));
    }
    return rows;
  }

  private boolean answer(
      TemporalUpdates updates, BatchRecords records, TargetRow row, Terminal terminal) {
    String name = PlainText.of(row.target());
    try {
      Optional<FollowUpAnswered> answer =
          updates.ask(Fleet.reviewWorkflowId(batch, row.key()), update, FollowUpAnswered.class);
      if (answer.isPresent()) {
        terminal.tell(name + ": follow-up " + (answer.get().followUp() + 1) + " " + done);
        return true;
      }
      terminal.say(
          name
              + ": nothing waits, "
              + records
                  .result(row.key())
                  .map(result -> "the review has ended (" + result.status().word() + ")")
                  .orElse("the review has not begun"));
    } catch (TemporalUpdates.Refused e) {
      terminal.say(name + ": " + PlainText.of(e.sentence()));
    } catch (CommandException e) {
      if (e.exitCode() != ExitCode.UNREACHABLE) {
        throw e;
      }
      terminal.say(name + ": not answered");
      throw e;
    }
    return false;
  }
}
