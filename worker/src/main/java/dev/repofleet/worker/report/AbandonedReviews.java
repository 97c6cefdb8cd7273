package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.worker.agent.TurnResults;
import dev.repofleet.worker.agent.TurnResults.StoredTurn;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.order.ReviewInput;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.common.converter.DataConverterException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the result that a terminated review could not write itself: the turns that had ended are
 * in the store, and they were paid for. What the turn in work had used nobody knows any more.
 * Thread-safe.
 */
final class AbandonedReviews {
  private static final Logger log = LoggerFactory.getLogger(AbandonedReviews.class);

  private final WorkflowClient client;
  private final TurnResults turns;
  private final ReviewStates states;
  private final RepositoryReportWriter writer;

  AbandonedReviews(ArtifactStore store, WorkflowClient client, RepositoryReportWriter writer) {
    this.client = client;
    this.turns = new TurnResults(store);
    this.states = new ReviewStates(store);
    this.writer = writer;
  }

  /**
   * Writes {@code review.json}, and the state from which a later generation knows what this one
   * cost.
   *
   * @param mayName called before something takes the place of what stands there; what it throws
   *     goes on
   */
  void write(RepositoryReport report, Runnable mayName) {
    writer.write(report, mayName);
    mayName.run();
    states.keep(report);
  }

  /**
   * What the latest run of a review had done, of whichever generation it was; nothing when too
   * little is known of it, which is logged.
   *
   * @throws ArtifactException when the store does not answer
   * @throws WorkflowServiceException when the server does not
   */
  Optional<RepositoryReport> report(String batch, String key, boolean cancelled) {
    String workflowId = Fleet.reviewWorkflowId(batch, key);
    try {
      List<HistoryEvent> events = client.fetchHistory(workflowId).getHistory().getEventsList();
      RepositoryReport alone = report(workflowId, events, cancelled);
      return Optional.of(
          states
              .find(batch, key)
              .filter(before -> before.review().generation() < alone.review().generation())
              .map(alone::after)
              .orElse(alone));
    } catch (ArtifactNotFoundException
        | ArtifactCorruptException
        | WorkflowNotFoundException
        | DataConverterException
        | IllegalArgumentException e) {
      log.warn("What {} had done is not known: {}", workflowId, e.toString());
      return Optional.empty();
    }
  }

  private RepositoryReport report(String workflowId, List<HistoryEvent> events, boolean cancelled) {
    HistoryEvent start = events.get(0);
    HistoryEvent end = events.get(events.size() - 1);
    ReviewInput input = input(start.getWorkflowExecutionStartedEventAttributes().getInput());
    List<StoredTurn> ended = turns.all(input.batch(), input.key(), input.generation());
    List<TurnOutcome> outcomes = ended.stream().map(StoredTurn::outcome).toList();
    Cause cause = cancelled ? Cause.CANCELLED : Cause.INTERNAL;
    return new RepositoryReport(
        input,
        cancelled ? RepositoryStatus.CANCELLED : RepositoryStatus.FAILED,
        cause,
        cancelled ? cause.sentence() : "the workflow " + workflowId + " was ended from outside",
        ended.isEmpty() ? null : new ResolveOutcome(ended.get(0).commit(), null),
        SessionId.of(workflowId, input.generation()).toString(),
        null,
        null,
        outcomes,
        null,
        null,
        start.getEventTime().getSeconds() * 1000,
        end.getEventTime().getSeconds() * 1000,
        0,
        Map.of());
  }

  private ReviewInput input(Payloads payloads) {
    if (payloads.getPayloadsCount() == 0) {
      throw new IllegalArgumentException("it was started without an input");
    }
    return client
        .getOptions()
        .getDataConverter()
        .fromPayloads(0, Optional.of(payloads), ReviewInput.class, ReviewInput.class);
  }
}
