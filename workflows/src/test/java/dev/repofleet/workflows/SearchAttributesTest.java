package dev.repofleet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.review.RepositoryReviewWorkflowImpl;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.SearchAttributeKey;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(600)
class SearchAttributesTest {
  @RegisterExtension static final TestWorkflowExtension TEMPORAL = temporal();

  private final FakeWorld world = new FakeWorld();

  private static TestWorkflowExtension temporal() {
    TestWorkflowExtension.Builder builder = TestWorkflowExtension.newBuilder().setDoNotStart(true);
    for (SearchAttributeKey<?> key : FleetSearchAttributes.ALL) {
      builder.registerSearchAttribute(key.getName(), key.getValueType());
    }
    return builder.build();
  }

  private static List<Map<String, String>> upserts(TestFleet fleet, String id) {
    List<Map<String, String>> upserts = new ArrayList<>();
    for (HistoryEvent event :
        fleet.events(id, EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)) {
      upserts.add(
          text(
              event
                  .getUpsertWorkflowSearchAttributesEventAttributes()
                  .getSearchAttributes()
                  .getIndexedFieldsMap()));
    }
    return upserts;
  }

  private static Map<String, String> text(Map<String, Payload> fields) {
    Map<String, String> text = new TreeMap<>();
    fields.forEach((name, payload) -> text.put(name, payload.getData().toStringUtf8()));
    return text;
  }

  @Test
  void areAsManyAsASqlServerHasRoomFor() {
    Map<IndexedValueType, Integer> count = new TreeMap<>();
    FleetSearchAttributes.ALL.forEach(key -> count.merge(key.getValueType(), 1, Integer::sum));

    assertThat(count)
        .isEqualTo(
            Map.of(
                IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD, 6,
                IndexedValueType.INDEXED_VALUE_TYPE_INT, 2,
                IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE, 1));
    assertThat(FleetSearchAttributes.ALL).allMatch(key -> key.getName().startsWith("RepoFleet"));
  }

  @Test
  void showABatchAndItsReviewsWhenTheBatchWasStartedWithThem(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world, RepositoryReviewWorkflowImpl.class, true);
    world.failingForGood("Diff", Cause.INTERNAL.code());
    fleet.startBatch(Inputs.batch(1, 1)).getResult(BatchOutcome.class);

    assertThat(upserts(fleet, TestFleet.BATCH_ID))
        .containsExactly(
            Map.of("RepoFleetStatus", "\"running\""),
            Map.of("RepoFleetStatus", "\"finished_with_failures\""),
            Map.of("RepoFleetFindings", "3", "RepoFleetCostUsd", "0.25"));
    assertThat(started(fleet))
        .isEqualTo(
            Map.of(
                "RepoFleetBatch", "\"nightly\"",
                "RepoFleetRepository", "\"acme/repo-0\"",
                "RepoFleetPlan", "\"audit\""));
    List<Map<String, String>> review = upserts(fleet, TestFleet.REVIEW_ID);
    assertThat(review.stream().map(upsert -> upsert.get("RepoFleetStage")).filter(s -> s != null))
        .containsExactly("\"lease\"", "\"clone\"", "\"run\"", "\"done\"");
    assertThat(review)
        .last()
        .isEqualTo(
            Map.of(
                "RepoFleetStage", "\"done\"",
                "RepoFleetStatus", "\"partial\"",
                "RepoFleetTurn", "0",
                "RepoFleetFindings", "3",
                "RepoFleetCostUsd", "0.25",
                "RepoFleetCause", "\"internal\""));
  }

  private static Map<String, String> started(TestFleet fleet) {
    return text(
        fleet
            .events(TestFleet.REVIEW_ID, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
            .get(0)
            .getWorkflowExecutionStartedEventAttributes()
            .getSearchAttributes()
            .getIndexedFieldsMap());
  }

  @Test
  void tellWhenTheReportCouldNotBeWritten(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world, RepositoryReviewWorkflowImpl.class, true);
    world.failingForGood("WriteReport", Cause.INTERNAL.code());
    fleet.startReview(Inputs.review(Inputs.outline())).getResult(RepositoryEnded.class);

    List<Map<String, String>> review = upserts(fleet, TestFleet.REVIEW_ID);
    assertThat(review.stream().map(upsert -> upsert.get("RepoFleetStatus")).filter(s -> s != null))
        .containsExactly("\"complete\"", "\"partial\"");
  }

  @Test
  void areLeftAloneWhenTheBatchWasStartedWithoutThem(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startBatch(Inputs.batch(1, 1)).getResult(BatchOutcome.class);

    assertThat(upserts(fleet, TestFleet.BATCH_ID)).isEmpty();
    assertThat(upserts(fleet, TestFleet.REVIEW_ID)).isEmpty();
    assertThat(started(fleet)).isEmpty();
  }
}
