package dev.repofleet.starter.pool;

import dev.repofleet.workflows.activities.PoolInspectionOutcome;
import dev.repofleet.workflows.pool.PoolInput;
import dev.repofleet.workflows.pool.PoolSettings;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowExecutionUpdateCompletedEventAttributes;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a pool's run ended with, read from its history. A pool that was terminated in
 * the middle of a task can't be queried any more (observed, SDK 1.38: its replay fails), and its
 * history needs no worker. For one history and one thread.
 */
final class FormerSettings {
  private final DataConverter converter;
  private final Set<Long> sets = new HashSet<>();
  private @Nullable PoolSettings latest;

  FormerSettings(DataConverter converter) {
    this.converter = converter;
  }

  /** Takes the events in their order. */
  void take(HistoryEvent event) {
    switch (event.getEventType()) {
      case EVENT_TYPE_WORKFLOW_EXECUTION_STARTED ->
          read(event.getWorkflowExecutionStartedEventAttributes().getInput(), PoolInput.class)
              .ifPresent(this::begin);
      case EVENT_TYPE_ACTIVITY_TASK_COMPLETED ->
          read(
                  event.getActivityTaskCompletedEventAttributes().getResult(),
                  PoolInspectionOutcome.class)
              .map(PoolInspectionOutcome::settings)
              .ifPresent(found -> latest = found);
      case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED -> {
        if (event
            .getWorkflowExecutionUpdateAcceptedEventAttributes()
            .getAcceptedRequest()
            .getInput()
            .getName()
            .equals("set")) {
          sets.add(event.getEventId());
        }
      }
      case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED -> {
        WorkflowExecutionUpdateCompletedEventAttributes done =
            event.getWorkflowExecutionUpdateCompletedEventAttributes();
        if (sets.contains(done.getAcceptedEventId()) && done.getOutcome().hasSuccess()) {
          read(done.getOutcome().getSuccess(), PoolSettings.class).ifPresent(set -> latest = set);
        }
      }
      default -> {}
    }
  }

  private void begin(PoolInput input) {
    latest = input.carry() != null ? input.carry().settings() : input.settings();
  }

  /** What other activities return, and what another version wrote, says nothing. */
  private <T> Optional<T> read(Payloads payloads, Class<T> type) {
    try {
      return payloads.getPayloadsCount() == 0
          ? Optional.empty()
          : Optional.ofNullable(converter.fromPayloads(0, Optional.of(payloads), type, type));
    } catch (DataConverterException e) {
      return Optional.empty();
    }
  }

  /** Those in force at the end; the default ones where nothing else was ever said. */
  PoolSettings settings() {
    return latest == null ? PoolSettings.DEFAULT : latest;
  }
}
