package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Timestamp;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.ReviewBatchWorkflowImpl;
import dev.repofleet.workflows.review.RepositoryReviewWorkflowImpl;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.common.WorkflowExecutionHistory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The histories of a batch and of its reviews, as the server keeps them. */
final class Histories {
  private final Map<String, WorkflowExecutionHistory> histories = new LinkedHashMap<>();

  private Histories() {}

  /** Fetches all of them. */
  static Histories of(WorkflowClient client, String batch, Collection<String> keys) {
    Histories fetched = new Histories();
    List<String> ids = new ArrayList<>(List.of(Fleet.batchWorkflowId(batch)));
    keys.forEach(key -> ids.add(Fleet.reviewWorkflowId(batch, key)));
    for (String id : ids) {
      try {
        fetched.histories.put(id, client.fetchHistory(id));
      } catch (StatusRuntimeException e) {
        // A batch that was cancelled at once has begun none.
        if (e.getStatus().getCode() != Status.Code.NOT_FOUND || fetched.tells(id)) {
          throw e;
        }
      }
    }
    fetched.histories.forEach(
        (id, history) ->
            assertThat(text(history))
                .as("decoded payloads of %s", id)
                .contains("\"batch\":\"" + batch + "\""));
    return fetched;
  }

  /** Whether one of them, the batch's first, has begun it; also while nothing is known. */
  private boolean tells(String id) {
    return histories.isEmpty()
        || histories.values().stream()
            .flatMap(history -> history.getEvents().stream())
            .anyMatch(
                event ->
                    event
                        .getChildWorkflowExecutionStartedEventAttributes()
                        .getWorkflowExecution()
                        .getWorkflowId()
                        .equals(id));
  }

  /** Each decides again as it did. */
  void assertReplay() {
    histories.forEach(
        (id, history) -> {
          try {
            Replay.of(
                decided(history),
                ReviewBatchWorkflowImpl.class,
                RepositoryReviewWorkflowImpl.class);
          } catch (Exception e) {
            throw new AssertionError(id + " does not replay", e);
          }
        });
  }

  /** Without the end that somebody set to it from outside, which the replayer does not know. */
  private static WorkflowExecutionHistory decided(WorkflowExecutionHistory history) {
    List<HistoryEvent> events = history.getEvents();
    HistoryEvent last = events.get(events.size() - 1);
    return last.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED
        ? new WorkflowExecutionHistory(
            History.newBuilder().addAllEvents(events.subList(0, events.size() - 1)).build())
        : history;
  }

  /** None has a secret, neither as it is sent nor once its payloads are decoded. */
  void assertWithout(List<PlantedSecret> secrets) {
    histories.forEach(
        (id, history) -> {
          String text = text(history);
          secrets.forEach(secret -> secret.assertAbsentFrom("the history of " + id, text));
        });
  }

  /** None has one of these lines. */
  void assertWithoutLines(String what, Collection<String> lines) {
    assertThat(lines).as("lines of %s to look for", what).isNotEmpty();
    histories.forEach(
        (id, history) -> {
          String text = text(history);
          assertThat(lines)
              .as("lines of %s in the history of %s", what, id)
              .noneMatch(text::contains);
        });
  }

  /** How many attempts of agent runs ended well, by the worker that Temporal says ran them. */
  Map<String, Integer> completedRunsByWorker() {
    Map<String, Integer> runs = new HashMap<>();
    histories.values().forEach(history -> countRuns(history.getEvents(), runs));
    return runs;
  }

  /**
   * Tasks of workflows that ended well, by the build of the worker that had them: when they were
   * given out.
   */
  Map<String, List<Instant>> workflowTasksByBuild() {
    Map<String, List<Instant>> tasks = new HashMap<>();
    for (WorkflowExecutionHistory history : histories.values()) {
      Map<Long, HistoryEvent> byId = new HashMap<>();
      for (HistoryEvent event : history.getEvents()) {
        byId.put(event.getEventId(), event);
        if (event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) {
          var completed = event.getWorkflowTaskCompletedEventAttributes();
          Timestamp started =
              Objects.requireNonNull(byId.get(completed.getStartedEventId())).getEventTime();
          tasks
              .computeIfAbsent(
                  completed.getDeploymentVersion().getBuildId(), build -> new ArrayList<>())
              .add(Instant.ofEpochSecond(started.getSeconds(), started.getNanos()));
        }
      }
    }
    return tasks;
  }

  /** How many activities the server was asked for, by the batch and by all its reviews. */
  long activities() {
    return histories.values().stream()
        .flatMap(history -> history.getEvents().stream())
        .filter(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
        .count();
  }

  private static void countRuns(List<HistoryEvent> events, Map<String, Integer> runs) {
    Map<Long, HistoryEvent> byId = new HashMap<>();
    for (HistoryEvent event : events) {
      byId.put(event.getEventId(), event);
      if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) {
        var completed = event.getActivityTaskCompletedEventAttributes();
        HistoryEvent scheduled = byId.get(completed.getScheduledEventId());
        HistoryEvent started = byId.get(completed.getStartedEventId());
        if (scheduled != null
            && started != null
            && "Run"
                .equals(
                    scheduled
                        .getActivityTaskScheduledEventAttributes()
                        .getActivityType()
                        .getName())) {
          runs.merge(
              started.getActivityTaskStartedEventAttributes().getIdentity(), 1, Integer::sum);
        }
      }
    }
  }

  private static String text(WorkflowExecutionHistory history) {
    String json = history.toJson(false);
    StringBuilder text = new StringBuilder(json);
    decode(ArtifactJson.read(json, JsonNode.class, "a history"), text);
    return text.toString();
  }

  private static void decode(JsonNode node, StringBuilder text) {
    if (node.path("data").isTextual()) {
      byte[] payload = Base64.getDecoder().decode(node.path("data").asText());
      text.append('\n').append(new String(payload, StandardCharsets.UTF_8));
    }
    node.forEach(part -> decode(part, text));
  }
}
