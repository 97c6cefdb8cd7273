package dev.repofleet.starter.schedule;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.encryption.PayloadEncryption;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.schedule.v1.Schedule;
import java.util.ArrayList;
import java.util.List;

/**
 * With which keys the schedules of a fleet keep what they begin with. Thread-safe; the connection
 * stays the caller's.
 */
public final class ScheduleKeys {
  private final TemporalConnection connection;
  private final FleetSchedules schedules;

  /** Asks nothing yet. */
  public ScheduleKeys(TemporalConnection connection) {
    this.connection = connection;
    this.schedules = new FleetSchedules(connection);
  }

  /**
   * A schedule that keeps its input otherwise than this process would write it.
   *
   * @param key in words, for a person
   * @param readable whether this process can read it
   */
  public record Other(String schedule, String key, boolean readable) {}

  /**
   * Those that are not encrypted with the current key, by their names. Blocks, a call for each
   * schedule.
   *
   * @throws CommandException with exit code 5 when the server does not answer or does not allow it
   */
  public List<Other> others(Fleet fleet) {
    List<Other> others = new ArrayList<>();
    for (String name : schedules.names()) {
      schedules
          .find(name)
          .map(found -> found.getSchedule())
          .filter(schedule -> isOf(fleet, schedule))
          .filter(schedule -> !ScheduleInput.isCurrent(schedule, connection.keys()))
          .flatMap(ScheduleInput::of)
          .ifPresent(input -> others.add(other(name, input)));
    }
    return List.copyOf(others);
  }

  private static boolean isOf(Fleet fleet, Schedule schedule) {
    return schedule
        .getAction()
        .getStartWorkflow()
        .getTaskQueue()
        .getName()
        .equals(fleet.taskQueue());
  }

  private Other other(String name, Payload input) {
    return new Other(
        name,
        PayloadEncryption.keyOf(input).map(id -> "key '" + id + "'").orElse("no key"),
        PayloadEncryption.refusal(input, connection.keys()).isEmpty());
  }
}
