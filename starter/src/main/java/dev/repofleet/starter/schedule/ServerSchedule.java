package dev.repofleet.starter.schedule;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ConfiguredStore;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.ReviewRuns;
import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.List;

/** One schedule as the verbs that change it see it: on the server and in the artifact store. */
final class ServerSchedule {
  private final CommandContext context;
  private final TemporalConnection connection;
  private final String schedule;
  private final FleetSchedules schedules;

  /** The connection stays the caller's. */
  ServerSchedule(CommandContext context, TemporalConnection connection, String schedule) {
    this.context = context;
    this.connection = connection;
    this.schedule = schedule;
    this.schedules = new FleetSchedules(connection);
  }

  /**
   * Checks a name that was typed, of whichever fleet.
   *
   * @throws CommandException with exit code 2 when it is not one that a schedule can have
   */
  static String requireName(String typed) {
    try {
      return Fleet.DEFAULT.requireSchedule(typed);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
  }

  FleetSchedules schedules() {
    return schedules;
  }

  /** In the store that this world's environment names. */
  ScheduleRecords records() {
    try {
      return new ScheduleRecords(
          ConfiguredStore.of(context),
          schedule,
          new ScheduleRecords.Owner(
              new ReviewRuns(connection.client()).namespaceId(), connection.namespace()));
    } catch (StatusRuntimeException e) {
      throw CommandException.unreachable(
          "Temporal at "
              + connection.address()
              + " does not describe namespace "
              + connection.namespace()
              + " ("
              + e.getStatus().getCode()
              + "): try again",
          e);
    }
  }

  /** Tells when its next runs are due. */
  void sayNext(Terminal terminal) {
    List<Instant> next =
        schedules
            .find(schedule)
            .map(found -> found.getInfo().getFutureActionTimesList())
            .orElse(List.of())
            .stream()
            .map(time -> Instant.ofEpochSecond(time.getSeconds(), time.getNanos()))
            .toList();
    terminal.say(
        next.isEmpty()
            ? "`repofleet schedule list` shows when it runs."
            : "Next runs: "
                + ScheduleText.times(next.stream().limit(3).toList(), context.clock())
                + ".");
  }
}
