package dev.repofleet.starter.control;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.BatchFiles;
import dev.repofleet.artifacts.ObjectHorizon;
import dev.repofleet.artifacts.StoredArtifact;
import dev.repofleet.artifacts.StoredBatch;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.BatchWorkflows;
import dev.repofleet.workflows.client.BatchWorkflows.Execution;
import dev.repofleet.workflows.client.BatchWorkflows.Found;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.encryption.PayloadEncryptionException;
import dev.repofleet.workflows.progress.BatchInput;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.common.converter.DataConverterException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Deletes one batch, from the server and from the artifact store. For one thread.
 *
 * <p>Stopped in the middle, it has left the manifest, by which the same command finds the rest.
 */
final class BatchDeletion {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** From storing an object to naming it, by whom no batch in the store stands for. */
  private static final Duration GRACE = Duration.ofHours(1);

  /** The note of who goes on comes before the workflow, which is on its way no longer than this. */
  private static final Duration JUST_ASKED = Duration.ofMinutes(1);

  /** A batch at work elsewhere writes something now and then. */
  private static final Duration SILENT = Duration.ofDays(1);

  private static final int MOST_WAITS = 60;
  private static final Duration WAIT = Duration.ofSeconds(1);

  private final TemporalConnection connection;
  private final BatchWorkflows workflows;
  private final ArtifactStore store;
  private final BatchRecords records;
  private final String batch;
  private final BatchFiles files;
  private final Clock clock;
  private final Pause pause;

  BatchDeletion(TemporalConnection connection, BatchRecords records, Clock clock, Pause pause) {
    this.connection = connection;
    this.workflows = new BatchWorkflows(connection.client());
    this.store = records.store();
    this.records = records;
    this.batch = records.batch();
    this.files = new BatchFiles(store, batch);
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * What went, or would go.
   *
   * @param workflows runs of workflows
   */
  record Deleted(BatchFiles.Deleted stored, int workflows) {}

  /**
   * Deletes it, and blocks meanwhile.
   *
   * @param dry only looks
   * @throws CommandException with exit code 2 when there is no such batch or it may still run, with
   *     5 when the server does not say: nothing was deleted then, unless an earlier call had begun
   * @throws TemporalAwayException when the server went away in the middle
   */
  Deleted run(boolean dry) throws InterruptedException {
    Set<String> keys = keys();
    Found found = find(keys);
    requireEnded(found);
    if (dry) {
      return new Deleted(files.wouldDelete(horizon()), found.closed().size());
    }
    boolean nothingDeleted = files.mark(clock.instant());
    try {
      // Whoever began before the mark is seen now, whoever comes after it sees the mark.
      found = find(keys);
      requireEnded(found);
    } catch (RuntimeException e) {
      if (nothingDeleted) {
        files.unmark();
      }
      throw e;
    }
    int deleted = 0;
    for (Execution run : found.closed()) {
      deleted += delete(run) ? 1 : 0;
    }
    return new Deleted(files.delete(horizon()), deleted);
  }

  private Set<String> keys() {
    Set<String> keys = new TreeSet<>(store.folders(ArtifactPaths.reviewsFolder(batch)));
    keys.addAll(store.folders(ArtifactPaths.checkpointsFolder(batch)));
    try {
      records.targets().stream().map(TargetRow::key).forEach(keys::add);
    } catch (ArtifactException e) {
      // A manifest that is damaged must not keep a batch for ever; the server lists its reviews.
    }
    return keys;
  }

  private Found find(Set<String> keys) {
    try {
      return workflows.find(batch, keys);
    } catch (StatusRuntimeException e) {
      throw away(e);
    }
  }

  private boolean delete(Execution run) throws InterruptedException {
    for (int waits = 0; true; waits++) {
      try {
        return workflows.delete(run);
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.RESOURCE_EXHAUSTED || waits == MOST_WAITS) {
          throw away(e);
        }
        pause.await(WAIT);
      }
    }
  }

  private TemporalAwayException away(StatusRuntimeException e) {
    return TemporalAwayException.of(
        connection,
        e,
        ", so batch "
            + batch
            + " can't be deleted now: run the command again, it goes on where it was");
  }

  private Instant horizon() {
    Set<String> open;
    try {
      open = workflows.batchesListedOpen();
    } catch (StatusRuntimeException e) {
      throw away(e);
    }
    return ObjectHorizon.of(
        store,
        clock.instant(),
        GRACE,
        StoredBatch.all(store).values().stream()
            .filter(other -> !other.batch().equals(batch))
            .toList(),
        open);
  }

  private void requireEnded(Found found) {
    requireNothingOpen(found);
    boolean known = !found.closed().isEmpty();
    if (known) {
      requireItsStore();
    }
    Optional<StoredBatch> stored = StoredBatch.find(store, batch);
    if (!known && files.amount().files() == 0) {
      throw CommandException.wrongUse(
          "there is no batch '"
              + batch
              + "', neither in this machine's artifact store nor at "
              + connection.address()
              + ", namespace "
              + connection.namespace()
              + ": `repofleet list` shows those there are");
    }
    if (!known && stored.isPresent()) {
      requireSilent(stored.get());
    }
    requireNothingJustAsked();
  }

  private void requireNothingOpen(Found found) {
    if (found.open().contains(Fleet.batchWorkflowId(batch))) {
      throw CommandException.wrongUse(
          "batch "
              + batch
              + " still runs: end it with `repofleet cancel "
              + batch
              + "`, then delete it");
    }
    found.open().stream()
        .sorted()
        .findFirst()
        .ifPresent(
            workflow -> {
              throw CommandException.wrongUse(
                  running(workflow).formatted(batch)
                      + ": wait for its end, or cancel the workflow "
                      + workflow
                      + " in Temporal's UI (`repofleet cancel` ends batches), then delete the"
                      + " batch");
            });
  }

  private static String running(String workflow) {
    if (workflow.startsWith("publish")) {
      return "the publishing of batch %s still runs";
    }
    return workflow.startsWith("review/")
        ? "a review of batch %s still runs, in a follow-up or after a Reset"
        : "the schedule's run that is to begin batch %s has not ended";
  }

  /** What another server runs is not deleted for asking the wrong one. */
  private void requireSilent(StoredBatch stored) {
    if (stored.endedAt() == null
        && !stored.deleting()
        && stored.lastWrittenAt(store).isAfter(clock.instant().minus(SILENT))) {
      throw CommandException.wrongUse(
          "batch "
              + batch
              + " has no result, and "
              + connection.address()
              + ", namespace "
              + connection.namespace()
              + ", does not know it: it may run on another server. Set TEMPORAL_ADDRESS to that"
              + " one; a batch of which nothing comes for a day is deleted all the same");
    }
  }

  private void requireNothingJustAsked() {
    Instant since = clock.instant().minus(JUST_ASKED);
    store.visit(
        ArtifactPaths.followUpsFolder(batch),
        note -> requireBefore(since, note, "a follow-up on batch " + batch + " was asked for"));
    Map<String, StoredArtifact> records = new HashMap<>();
    store.visit(
        ArtifactPaths.batchFolder(batch), record -> records.putIfAbsent(record.name(), record));
    StoredArtifact note = records.get("reopened.json");
    StoredArtifact end = records.get("batch.json");
    // What ended after the note has been gone on with already.
    if (note != null && (end == null || !end.storedAt().isAfter(note.storedAt()))) {
      requireBefore(since, note, "batch " + batch + " was gone on with");
    }
  }

  private static void requireBefore(Instant since, StoredArtifact note, String what) {
    if (note.storedAt().isAfter(since)) {
      throw CommandException.wrongUse(
          what
              + " less than a minute ago, and may be about to start: wait for its end, then delete"
              + " the batch");
    }
  }

  private void requireItsStore() {
    Optional<String> storeId = storeId();
    if (storeId.isPresent() && !storeId.get().equals(store.storeId())) {
      throw CommandException.unreachable(
          "this machine's artifact store is not the one of batch "
              + batch
              + ": set REPOFLEET_ARTIFACTS to the one it was started with, or its artifacts would"
              + " be left behind",
          null);
    }
  }

  /** By the batch's input; empty when the server has only reviews of it. */
  private Optional<String> storeId() {
    try {
      HistoryEvent start =
          connection
              .client()
              .getWorkflowServiceStubs()
              .blockingStub()
              .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
              .getWorkflowExecutionHistory(
                  GetWorkflowExecutionHistoryRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .setExecution(
                          WorkflowExecution.newBuilder()
                              .setWorkflowId(Fleet.batchWorkflowId(batch)))
                      .setMaximumPageSize(1)
                      .build())
              .getHistory()
              .getEvents(0);
      Payloads input = start.getWorkflowExecutionStartedEventAttributes().getInput();
      @Nullable BatchInput read =
          connection
              .client()
              .getOptions()
              .getDataConverter()
              .fromPayloads(0, Optional.of(input), BatchInput.class, BatchInput.class);
      return Optional.ofNullable(read).map(BatchInput::storeId);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw away(e);
    } catch (PayloadEncryptionException e) {
      throw e;
    } catch (DataConverterException e) {
      return Optional.empty();
    }
  }
}
