package dev.repofleet.starter.control;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchTargets;
import dev.repofleet.starter.batch.BatchWorkflowStarter;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.batch.TargetChoice;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.server.TemporalUpdates;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.batch.ReopenedBatch;
import dev.repofleet.workflows.batch.RepositorySelection;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.progress.BatchInput;
import io.temporal.client.WorkflowServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One batch as the verbs that control it see it. Owns a connection; for one thread.
 *
 * <p>A change is an Update of the batch's workflow, which validates it and answers with what
 * changed. A batch that has ended takes none: the verbs that make sense then start its workflow
 * once more, from what it knew at its end.
 */
final class ControlledBatch implements AutoCloseable {
  private final CommandContext context;
  private final Terminal terminal;
  private final String batch;
  private final TemporalConnection connection;
  private final KnownBatch known;

  private ControlledBatch(
      CommandContext context,
      Terminal terminal,
      String batch,
      TemporalConnection connection,
      KnownBatch known) {
    this.context = context;
    this.terminal = terminal;
    this.batch = batch;
    this.connection = connection;
    this.known = known;
  }

  /**
   * Looks the batch up.
   *
   * @throws CommandException with exit code 2 when there is none, 5 when Temporal can't be reached
   */
  static ControlledBatch open(CommandContext context, Terminal terminal, String batch) {
    KnownBatch.requireId(batch);
    TemporalConnection connection = TemporalConnection.open(context.environment());
    try {
      KnownBatch known = KnownBatch.require(connection, batch, context.clock());
      return new ControlledBatch(context, terminal, batch, connection, known);
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  KnownBatch known() {
    return known;
  }

  TemporalConnection connection() {
    return connection;
  }

  /**
   * For the verbs that give its fleet work, before they write anything: as {@link
   * TemporalConnection#requireKeys}.
   */
  void requireKeys() {
    connection.requireKeys(known.view().fleet().orElse(Fleet.DEFAULT));
  }

  /** What the artifact store of this world holds of it. */
  BatchRecords records() {
    return BatchRecords.open(context, batch);
  }

  /**
   * Asks for a change.
   *
   * @return what changed; empty when the batch has ended
   * @throws CommandException with exit code 2 and the batch's own sentence when it refuses, 5 when
   *     no worker answers; the change may still take effect then
   */
  <T> Optional<T> ask(String update, Class<T> answer, Object... arguments) {
    try {
      return new TemporalUpdates(connection)
          .ask(Fleet.batchWorkflowId(batch), update, answer, arguments);
    } catch (TemporalUpdates.Refused e) {
      throw CommandException.wrongUse(PlainText.of(e.sentence()));
    }
  }

  /** What is refused of a batch that has ended. */
  CommandException ended(String verb) {
    return CommandException.wrongUse("cannot " + verb + " batch " + batch + ": it has ended");
  }

  /**
   * Has the batch go on after its end.
   *
   * @param change makes it different, and says how
   * @throws CommandException with exit code 2 when that can't be, with the reason
   */
  <T> T reopen(String verb, Function<ReopenedBatch, T> change) {
    BatchRecords records = records();
    BatchReport end =
        records
            .batchState()
            .orElseThrow(
                () ->
                    CommandException.wrongUse(
                        "cannot "
                            + verb
                            + " batch "
                            + batch
                            + ": it has ended, and this machine's artifact store does not know how"
                            + " (REPOFLEET_ARTIFACTS names another; a batch that was terminated"
                            + " leaves nothing: start a new one)"));
    try {
      ReopenedBatch reopened = ReopenedBatch.of(end);
      T answer = change.apply(reopened);
      start(records, reopened.input());
      return answer;
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw CommandException.wrongUse(
          PlainText.of("cannot " + verb + " batch " + batch + ": " + e.getMessage()));
    }
  }

  /**
   * The note first, then the look: who clears a batch away does it the other way round. It goes
   * again only where nothing was started, by nobody.
   */
  private void start(BatchRecords records, BatchInput input) {
    ArtifactStore store = records.store();
    String note =
        store
            .putNamed(
                ArtifactPaths.reopened(batch),
                ArtifactJson.pretty(Map.of("askedAt", context.clock().instant())))
            .uri();
    try {
      records.requireKept();
    } catch (CommandException e) {
      store.delete(note);
      throw e;
    }
    try {
      new BatchWorkflowStarter(connection, terminal::say).start(input);
    } catch (WorkflowServiceException e) {
      if (BatchWorkflowStarter.isRefusal(e)) {
        store.delete(note);
      }
      throw e;
    }
  }

  /** Those of its repositories that a person named, all of them or none. */
  List<TargetRow> choose(List<String> typed) {
    List<TargetRow> targets = BatchTargets.require(context, records());
    List<TargetRow> chosen = new ArrayList<>();
    for (String name : typed) {
      TargetRow row = TargetChoice.choose(batch, targets, name);
      if (chosen.stream().noneMatch(known -> known.index() == row.index())) {
        chosen.add(row);
      }
    }
    return chosen;
  }

  static RepositorySelection selection(List<TargetRow> rows) {
    return RepositorySelection.of(rows.stream().map(TargetRow::index).toList());
  }

  @Override
  public void close() {
    connection.close();
  }
}
