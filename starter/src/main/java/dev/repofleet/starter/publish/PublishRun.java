package dev.repofleet.starter.publish;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.EndJudgement;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.batch.TemporalBatchView;
import dev.repofleet.starter.batch.UnattendedNotice;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.InterruptNotice;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import dev.repofleet.workflows.publish.PublishBatchWorkflow;
import dev.repofleet.workflows.publish.PublishInput;
import dev.repofleet.workflows.publish.PublishProgress;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Has the workers publish a batch, or look, and waits for it. For one thread. */
public final class PublishRun {
  private static final Duration EVERY = Duration.ofSeconds(2);

  /** A server that is being restarted, or has too much to do, is waited for. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final TemporalConnection connection;
  private final CommandContext context;
  private final Consumer<String> talk;
  private final BatchRecords records;
  private final String batch;
  private String told = "";

  /**
   * For a batch; asks nothing yet.
   *
   * @throws CommandException with exit code 2 when that is no batch's id
   */
  public PublishRun(
      TemporalConnection connection, CommandContext context, String batch, Consumer<String> talk) {
    KnownBatch.requireId(batch);
    this.connection = connection;
    this.context = context;
    this.batch = batch;
    this.talk = talk;
    this.records = BatchRecords.open(context, batch);
  }

  /** What this machine's store has of the batch. */
  public BatchRecords records() {
    return records;
  }

  /**
   * Blocks until all is done.
   *
   * @param limit most repositories that something is written for; absent: all
   * @return nothing when a person interrupted; the workers go on then
   * @throws CommandException with exit code 2 when the batch is not in this machine's store, is
   *     being deleted, or is being published another way just now
   */
  public Optional<PublishProgress> run(PublishOptions options, @Nullable Integer limit) {
    if (records.targets().isEmpty()) {
      throw CommandException.wrongUse(
          "this machine's artifact store does not hold batch '"
              + batch
              + "': set REPOFLEET_ARTIFACTS to the one it was started with; `repofleet list` has the"
              + " batches");
    }
    Fleet fleet = new TemporalBatchView(connection, batch, context.clock()).fleet(records);
    connection.requireKeys(fleet);
    ArtifactStore store = records.store();
    boolean look = options.mode() == PublishMode.LOOK;
    PublishBatchWorkflow workflow =
        connection
            .client()
            .newWorkflowStub(
                PublishBatchWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(
                        look ? Fleet.publishedWorkflowId(batch) : Fleet.publishWorkflowId(batch))
                    .setWorkflowIdConflictPolicy(
                        WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                    .setTaskQueue(fleet.taskQueue())
                    .setStaticSummary(Excerpt.of(summary(options), Excerpt.SUMMARY))
                    .build());
    records.requireKept();
    WorkflowClient.start(
        workflow::publish,
        new PublishInput(
            1,
            fleet.name(),
            batch,
            store.storeId(),
            options,
            limit,
            PublishInput.DEFAULT_PACE,
            null,
            null));
    WorkflowStub started = WorkflowStub.fromTyped(workflow);
    try (InterruptNotice notice =
        new InterruptNotice(
            () ->
                talk.accept(
                    "Interrupted. The workers go on; the same command again watches them."))) {
      return await(started, workflow, options, limit, fleet, notice);
    } catch (WorkflowFailedException e) {
      throw ended(e);
    }
  }

  private static String summary(PublishOptions options) {
    return switch (options.mode()) {
      case PUBLISH -> "publish";
      case DRY_RUN -> "a dry run: what would be published";
      case LOOK -> "what became of what was published";
    };
  }

  private Optional<PublishProgress> await(
      WorkflowStub started,
      PublishBatchWorkflow workflow,
      PublishOptions options,
      @Nullable Integer limit,
      Fleet fleet,
      InterruptNotice notice) {
    UnattendedNotice unattended =
        new UnattendedNotice(
            new TemporalBatchView(connection, fleet, batch, context.clock()),
            context.clock(),
            talk);
    long heard = System.nanoTime();
    while (!notice.interrupted()) {
      try {
        PublishProgress done =
            started.getResult(EVERY.toMillis(), TimeUnit.MILLISECONDS, PublishProgress.class);
        requireSame(done, options, limit);
        return Optional.of(done);
      } catch (TimeoutException e) {
        PublishProgress progress = tell(workflow);
        if (progress == null) {
          unattended.unanswered();
        } else {
          unattended.attended();
        }
        requireSame(progress, options, limit);
      } catch (WorkflowServiceException | StatusRuntimeException e) {
        if (System.nanoTime() - heard > PATIENCE.toNanos()) {
          throw TemporalAwayException.of(
              connection, e, "; the workers go on, the same command again watches them");
        }
        LockSupport.parkNanos(EVERY.toNanos());
        continue;
      }
      heard = System.nanoTime();
    }
    return Optional.empty();
  }

  private @Nullable PublishProgress tell(PublishBatchWorkflow workflow) {
    PublishProgress progress;
    try {
      progress = workflow.progress();
    } catch (WorkflowServiceException | StatusRuntimeException e) {
      // No worker just now, or one that is busy: asked again.
      return null;
    }
    String text = PublishText.counts(progress);
    if (progress.options().mode() != PublishMode.LOOK && !text.equals(told)) {
      talk.accept(text);
      told = text;
    }
    return progress;
  }

  private void requireSame(
      @Nullable PublishProgress found, PublishOptions asked, @Nullable Integer limit) {
    if (found != null && !(found.options().equals(asked) && Objects.equals(found.limit(), limit))) {
      throw CommandException.wrongUse(
          "batch "
              + batch
              + " is being published with other options just now: wait for its end, or cancel the"
              + " workflow "
              + Fleet.publishWorkflowId(batch)
              + " in Temporal's UI");
    }
  }

  private static CommandException ended(WorkflowFailedException failure) {
    for (Throwable link = failure.getCause(); link != null; link = link.getCause()) {
      if (link instanceof ApplicationFailure application) {
        return new CommandException(
            EndJudgement.codeOf(application.getType()),
            "nothing more is published: " + application.getOriginalMessage(),
            failure);
      }
    }
    return CommandException.wrongUse(
        "the publishing was ended from outside; the same command again goes on where it was");
  }
}
