package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.LeaseOutcome;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A lease of a sandbox, as the history of its review tells. By the server's clock: a sandbox that
 * was handed over is counted from the moment the review was told of it.
 *
 * @param review the workflow's id
 * @param handed whether it was there before, warm or of an earlier lease
 * @param to when its end was decided; absent while it is held
 */
record SandboxUse(
    String review, String sandboxId, boolean handed, Instant from, @Nullable Instant to) {

  /** All leases of these reviews that came to a sandbox; none of a review that has not begun. */
  static List<SandboxUse> of(WorkflowClient client, List<String> reviews) {
    List<SandboxUse> uses = new ArrayList<>();
    for (String review : reviews) {
      try {
        uses.addAll(of(client, review));
      } catch (WorkflowNotFoundException e) {
        // Then it has no sandbox either.
      }
    }
    return uses;
  }

  private static List<SandboxUse> of(WorkflowClient client, String review) {
    Map<Long, HistoryEvent> scheduled = new HashMap<>();
    Map<String, SandboxUse> byLease = new TreeMap<>();
    for (HistoryEvent event : client.fetchHistory(review).getEvents()) {
      if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) {
        scheduled.put(event.getEventId(), event);
        if (is(event, "Release")) {
          String lease = read(client, input(event), ReleaseInput.class).leaseId();
          byLease.computeIfPresent(lease, (id, use) -> use.until(time(event)));
        }
      } else if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) {
        var completed = event.getActivityTaskCompletedEventAttributes();
        HistoryEvent asked = scheduled.get(completed.getScheduledEventId());
        if (asked != null && is(asked, "Lease")) {
          LeaseInput lease = read(client, input(asked), LeaseInput.class);
          String sandboxId = read(client, completed.getResult(), LeaseOutcome.class).sandboxId();
          boolean handed = sandboxId.equals(lease.warmSandboxId());
          byLease.put(
              lease.leaseId(),
              new SandboxUse(review, sandboxId, handed, time(handed ? asked : event), null));
        }
      }
    }
    return List.copyOf(byLease.values());
  }

  private SandboxUse until(Instant end) {
    return new SandboxUse(review, sandboxId, handed, from, end);
  }

  private static boolean is(HistoryEvent scheduled, String type) {
    return attributes(scheduled).getActivityType().getName().equals(type);
  }

  private static Payloads input(HistoryEvent scheduled) {
    return attributes(scheduled).getInput();
  }

  private static ActivityTaskScheduledEventAttributes attributes(HistoryEvent scheduled) {
    return scheduled.getActivityTaskScheduledEventAttributes();
  }

  private static <T> T read(WorkflowClient client, Payloads payloads, Class<T> type) {
    return client.getOptions().getDataConverter().fromPayload(payloads.getPayloads(0), type, type);
  }

  private static Instant time(HistoryEvent event) {
    Timestamp time = event.getEventTime();
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  /** By sandbox, each in the order of time. */
  static Map<String, List<SandboxUse>> bySandbox(List<SandboxUse> uses) {
    Map<String, List<SandboxUse>> by = new TreeMap<>();
    uses.stream()
        .sorted(Comparator.comparing(SandboxUse::from))
        .forEach(use -> by.computeIfAbsent(use.sandboxId(), id -> new ArrayList<>()).add(use));
    return by;
  }

  /** No sandbox was two reviews' at once. */
  static void assertOneAtATime(List<SandboxUse> uses) {
    for (List<SandboxUse> ofOne : bySandbox(uses).values()) {
      for (int next = 1; next < ofOne.size(); next++) {
        Instant end = ofOne.get(next - 1).to();
        assertThat(end).as("%s", ofOne).isNotNull();
        assertThat(end).as("%s", ofOne).isBeforeOrEqualTo(ofOne.get(next).from());
      }
    }
  }
}
