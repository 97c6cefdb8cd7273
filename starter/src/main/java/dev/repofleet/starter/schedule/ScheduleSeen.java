package dev.repofleet.starter.schedule;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.encryption.PayloadEncryptionException;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.schedule.ScheduledBatchInput;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleInfo;
import io.temporal.client.schedules.ScheduleState;
import io.temporal.common.converter.DataConverterException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it stands; its JSON is a line of {@code schedule list --json}.
 *
 * @param schedule its name
 * @param fleet whose workers have its batches
 * @param cron expressions; empty with {@code everySeconds}
 * @param everySeconds absent with {@code cron}
 * @param timeZone of the expressions
 * @param overlap as it is typed
 * @param catchUpSeconds how late a run may begin
 * @param paused whether it starts nothing
 * @param reason why, or what was last said of it; absent without one
 * @param next when runs are due; empty while it is paused
 * @param batches the latest, latest first
 * @param started runs so far
 * @param skippedOverlap runs that were left out since one before was at work
 * @param missedCatchUp runs that were due while the server was away, too long ago
 */
@JsonPropertyOrder({"type", "schedule", "fleet"})
record ScheduleSeen(
    String schedule,
    String fleet,
    List<String> cron,
    @Nullable Long everySeconds,
    String timeZone,
    String overlap,
    long catchUpSeconds,
    boolean paused,
    @Nullable String reason,
    int repositories,
    String plan,
    AgentKind agent,
    int concurrency,
    BatchLimits limits,
    boolean useCache,
    List<Instant> next,
    List<Run> batches,
    long started,
    long skippedOverlap,
    long missedCatchUp) {
  private static final int MOST_NEXT = 3;

  /**
   * A run of the schedule.
   *
   * @param batch id
   * @param status of the batch, as {@code list} has it; {@code not_started} where it has none
   * @param due when the run was
   * @param problem why it has none; absent else
   */
  record Run(String batch, String status, Instant due, @Nullable String problem) {}

  @JsonProperty("type")
  String type() {
    return "schedule";
  }

  /**
   * Of what the server says; empty when it is none of ours, or a later version's.
   *
   * @param runs asked for when it is
   */
  static Optional<ScheduleSeen> of(ScheduleDescription description, ScheduleRuns runs) {
    ScheduledBatchInput input;
    String fleet;
    try {
      if (!(description.getSchedule().getAction() instanceof ScheduleActionStartWorkflow start)) {
        return Optional.empty();
      }
      @Nullable ScheduledBatchInput found = start.getArguments().get(0, ScheduledBatchInput.class);
      if (found == null) {
        return Optional.empty();
      }
      input = found;
      fleet = start.getOptions().getTaskQueue();
    } catch (PayloadEncryptionException e) {
      throw e;
    } catch (DataConverterException e) {
      return Optional.empty();
    }
    ScheduleTimes times = ScheduleTimes.of(description.getSchedule().getSpec());
    ScheduleState state = description.getSchedule().getState();
    ScheduleInfo info = description.getInfo();
    @Nullable String note = state == null ? null : state.getNote();
    boolean paused = state != null && state.isPaused();
    @Nullable Duration every = times.every();
    return Optional.of(
        new ScheduleSeen(
            input.schedule(),
            fleet == null ? Fleet.DEFAULT.name() : fleet,
            times.crons(),
            every == null ? null : every.toSeconds(),
            times.zone(),
            Overlap.code(description.getSchedule().getPolicy().getOverlap()),
            description.getSchedule().getPolicy().getCatchupWindow().toSeconds(),
            paused,
            note == null || note.isBlank() ? null : note,
            input.manifest().count(),
            input.plan().name(),
            input.agent(),
            input.window(),
            input.limits(),
            input.useCache(),
            paused ? List.of() : info.getNextActionTimes().stream().limit(MOST_NEXT).toList(),
            runs.of(input.schedule(), info.getRecentActions()),
            info.getNumActions(),
            info.getNumActionsSkippedOverlap(),
            info.getNumActionsMissedCatchupWindow()));
  }

  /** When it is due, in words. */
  String times() {
    return new ScheduleTimes(
            cron,
            everySeconds == null ? null : Duration.ofSeconds(everySeconds),
            timeZone,
            cron.isEmpty() && everySeconds == null)
        .words();
  }
}
