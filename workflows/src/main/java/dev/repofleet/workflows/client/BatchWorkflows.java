package dev.repofleet.workflows.client;

import com.google.protobuf.ByteString;
import dev.repofleet.workflows.Fleet;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DeleteWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The workflows of batches on a server: which are open, and all runs of one batch to be deleted.
 * Thread-safe; asks through a client that stays its owner's to close.
 *
 * <p>The server's lists lag behind, and a run that is no workflow's latest is found by them alone.
 * So a batch's workflows are looked for both ways: by the lists, and by the ids there may be.
 *
 * <p>Every method blocks and throws {@link StatusRuntimeException} when the server does not answer.
 */
public final class BatchWorkflows {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int PAGE = 500;

  private static final Pattern BATCH =
      Pattern.compile("(?:review|review-batch|publish|published)/([^/]+)(?:/.*)?");

  private final WorkflowClient client;
  private final ReviewRuns runs;

  /** Asks nothing yet. */
  public BatchWorkflows(WorkflowClient client) {
    this.client = client;
    this.runs = new ReviewRuns(client);
  }

  /** A run of a workflow. */
  public record Execution(String workflowId, String runId) {}

  /**
   * What the server has of a batch.
   *
   * @param open ids of workflows that have not ended
   * @param closed runs that have ended
   */
  public record Found(Set<String> open, Set<Execution> closed) {
    public Found {
      open = Set.copyOf(open);
      closed = Set.copyOf(closed);
    }
  }

  /** Ids of the batches of which any workflow is listed as running, of all fleets. */
  public Set<String> batchesListedOpen() {
    Set<String> batches = new TreeSet<>();
    list(
        "WorkflowType IN ('ReviewBatch', 'RepositoryReview', 'PublishBatch')"
            + " AND ExecutionStatus = 'Running'",
        info -> {
          Matcher id = BATCH.matcher(info.getExecution().getWorkflowId());
          if (id.matches()) {
            batches.add(id.group(1));
          }
        });
    return batches;
  }

  /** Workflow ids of the fleet's batches that are listed as running. */
  public Set<String> openBatchesOf(Fleet fleet) {
    Set<String> ids = new TreeSet<>();
    list(
        "WorkflowType = 'ReviewBatch' AND ExecutionStatus = 'Running' AND TaskQueue = '%s'"
            .formatted(fleet.taskQueue()),
        info -> ids.add(info.getExecution().getWorkflowId()));
    return ids;
  }

  /**
   * All runs of the batch, of its reviews, of its publishing, and of the schedule that began it.
   *
   * @param keys of the targets the batch may have, asked for one by one
   */
  public Found find(String batch, Collection<String> keys) {
    // It stands in the query as it is.
    if (!Fleet.isBatchId(batch)) {
      throw new IllegalArgumentException("not a batch id: " + batch);
    }
    Set<Execution> found = new LinkedHashSet<>();
    list(
        "WorkflowId IN (%s) OR WorkflowId STARTS_WITH '%s'"
            .formatted(
                own(batch).stream().map("'%s'"::formatted).collect(Collectors.joining(", ")),
                Fleet.reviewWorkflowId(batch, "")),
        info ->
            found.add(
                new Execution(
                    info.getExecution().getWorkflowId(), info.getExecution().getRunId())));
    Set<String> ids = new LinkedHashSet<>(own(batch));
    found.forEach(each -> ids.add(each.workflowId()));
    keys.forEach(key -> ids.add(Fleet.reviewWorkflowId(batch, key)));
    Set<String> open = new LinkedHashSet<>();
    for (String id : ids) {
      latest(id)
          .ifPresent(
              run -> {
                found.add(new Execution(id, run.runId()));
                if (run.state() == ReviewRuns.State.OPEN) {
                  open.add(id);
                }
              });
    }
    Set<Execution> closed = new LinkedHashSet<>(found);
    closed.removeIf(each -> open.contains(each.workflowId()));
    return new Found(open, closed);
  }

  /** Ids of its workflows that are no reviews. */
  private static List<String> own(String batch) {
    return Stream.concat(
            Stream.of(
                Fleet.batchWorkflowId(batch),
                Fleet.publishWorkflowId(batch),
                Fleet.publishedWorkflowId(batch)),
            Fleet.scheduledRunWorkflowId(batch).stream())
        .toList();
  }

  private Optional<ReviewRuns.Run> latest(String workflowId) {
    ReviewRuns.Run run = runs.latest(workflowId);
    return run.state() == ReviewRuns.State.NOT_KNOWN ? Optional.empty() : Optional.of(run);
  }

  /**
   * Whether any of these reviews, the batch itself, its publishing or the run of its schedule is
   * open; each is asked for by its id.
   */
  public boolean isOpen(String batch, Collection<String> keys) {
    return Stream.concat(
            own(batch).stream(), keys.stream().map(key -> Fleet.reviewWorkflowId(batch, key)))
        .anyMatch(id -> runs.latest(id).state() == ReviewRuns.State.OPEN);
  }

  /**
   * Deletes a run that has ended; the server does so in its own time.
   *
   * @return whether it was there
   */
  public boolean delete(Execution run) {
    try {
      stub()
          .deleteWorkflowExecution(
              DeleteWorkflowExecutionRequest.newBuilder()
                  .setNamespace(client.getOptions().getNamespace())
                  .setWorkflowExecution(
                      WorkflowExecution.newBuilder()
                          .setWorkflowId(run.workflowId())
                          .setRunId(run.runId()))
                  .build());
      return true;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private void list(String query, Consumer<WorkflowExecutionInfo> each) {
    ByteString next = ByteString.EMPTY;
    do {
      ListWorkflowExecutionsResponse page =
          stub()
              .listWorkflowExecutions(
                  ListWorkflowExecutionsRequest.newBuilder()
                      .setNamespace(client.getOptions().getNamespace())
                      .setPageSize(PAGE)
                      .setNextPageToken(next)
                      .setQuery(query)
                      .build());
      page.getExecutionsList().forEach(each);
      next = page.getNextPageToken();
    } while (!next.isEmpty());
  }

  private WorkflowServiceBlockingStub stub() {
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
