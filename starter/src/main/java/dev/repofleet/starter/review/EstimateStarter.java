package dev.repofleet.starter.review;

import dev.repofleet.starter.batch.EndJudgement;
import dev.repofleet.starter.batch.TemporalBatchView;
import dev.repofleet.starter.batch.UnattendedNotice;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.InterruptNotice;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.BatchEstimateInput;
import dev.repofleet.workflows.batch.BatchEstimateOutcome;
import dev.repofleet.workflows.batch.BatchEstimateWorkflow;
import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TimeoutFailure;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Has workers look what a batch would begin, and waits for it. For one look and one thread. */
final class EstimateStarter {
  /** Nobody waits longer, and what it stands on is not swept before an hour. */
  static final Duration LIMIT = Duration.ofMinutes(30);

  private static final Duration EVERY = Duration.ofSeconds(2);

  private final TemporalConnection connection;
  private final Clock clock;
  private final Consumer<String> talk;

  EstimateStarter(TemporalConnection connection, Clock clock, Consumer<String> talk) {
    this.connection = connection;
    this.clock = clock;
    this.talk = talk;
  }

  /**
   * Blocks until the workers have looked. When the process is told to end meanwhile, nobody looks
   * any further.
   *
   * @throws CommandException with the exit code that the batch would end with, where it would not
   *     begin at all; with 5 when it takes too long
   */
  BatchEstimateOutcome look(BatchEstimateInput input) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(Fleet.estimateWorkflowId(input.batch()))
            .setTaskQueue(new Fleet(input.fleet()).taskQueue())
            .setWorkflowExecutionTimeout(LIMIT)
            .setStaticSummary(
                Excerpt.of(
                    "a dry run: what a batch of plan " + input.plan().name() + " would begin",
                    Excerpt.SUMMARY))
            .build();
    BatchEstimateWorkflow workflow =
        connection.client().newWorkflowStub(BatchEstimateWorkflow.class, options);
    WorkflowClient.start(workflow::look, input);
    WorkflowStub started = WorkflowStub.fromTyped(workflow);
    try (InterruptNotice notice = new InterruptNotice(() -> interrupted(started))) {
      return await(started, input, notice);
    } catch (WorkflowFailedException e) {
      throw ended(e);
    }
  }

  private BatchEstimateOutcome await(
      WorkflowStub started, BatchEstimateInput input, InterruptNotice notice) {
    UnattendedNotice unattended =
        new UnattendedNotice(
            new TemporalBatchView(connection, new Fleet(input.fleet()), input.batch(), clock),
            clock,
            talk);
    while (true) {
      try {
        return started.getResult(
            EVERY.toMillis(), TimeUnit.MILLISECONDS, BatchEstimateOutcome.class);
      } catch (TimeoutException e) {
        if (!notice.interrupted()) {
          unattended.unanswered();
        }
      } catch (WorkflowServiceException | StatusRuntimeException e) {
        throw TemporalAwayException.of(
            connection, e, "; nothing was started: run the command again");
      }
    }
  }

  private void interrupted(WorkflowStub started) {
    talk.accept("Interrupted. Nothing was started.");
    try {
      started.terminate("the person who asked went away");
    } catch (RuntimeException e) {
      // It ends by itself.
      return;
    }
  }

  private static CommandException ended(WorkflowFailedException failure) {
    for (Throwable link = failure.getCause(); link != null; link = link.getCause()) {
      if (link instanceof ApplicationFailure application) {
        return new CommandException(
            EndJudgement.codeOf(application.getType()),
            "the batch could not begin: " + application.getOriginalMessage(),
            failure);
      }
      if (link instanceof TimeoutFailure) {
        return CommandException.unreachable(
            "the workers did not look at all repositories within "
                + LIMIT.toMinutes()
                + " minutes: `repofleet workers` shows whether there are any",
            failure);
      }
    }
    return new CommandException(
        ExitCode.INTERNAL,
        "the look at the repositories was ended from outside: run the command again",
        failure);
  }
}
