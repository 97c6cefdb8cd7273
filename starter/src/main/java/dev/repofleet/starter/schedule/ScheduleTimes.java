package dev.repofleet.starter.schedule;

import dev.repofleet.starter.command.Amounts;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.NearestName;
import dev.repofleet.starter.render.PlainText;
import io.temporal.client.schedules.ScheduleCalendarSpec;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleSpec;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a schedule's runs are due: by cron expressions in a time zone, or every so often.
 *
 * @param crons as the server was given them; empty with {@code every}
 * @param every whole seconds, counted from the beginning of 1970 in UTC; absent with {@code crons}
 * @param zone of the cron expressions
 * @param others whether the server has more that was not made here
 */
record ScheduleTimes(List<String> crons, @Nullable Duration every, String zone, boolean others) {
  private static final String UTC = "UTC";

  ScheduleTimes {
    crons = List.copyOf(crons);
  }

  /**
   * As they were typed.
   *
   * @throws CommandException with exit code 2 that names the option and what is wrong with it
   */
  static ScheduleTimes of(List<String> crons, @Nullable String every, @Nullable String zone) {
    if (crons.isEmpty() == (every == null)) {
      throw CommandException.wrongUse(
          crons.isEmpty()
              ? "when is it due? Say --cron, as in --cron '30 3 * * mon-fri', or --every, as in"
                  + " --every 12h"
              : "--cron and --every don't go together: take one of them");
    }
    if (every != null) {
      if (zone != null) {
        throw CommandException.wrongUse("--time-zone belongs to --cron: drop it with --every");
      }
      return new ScheduleTimes(List.of(), every(every), UTC, false);
    }
    List<String> checked = new ArrayList<>();
    for (String cron : crons) {
      try {
        checked.add(CronExpression.of(cron).text());
      } catch (IllegalArgumentException e) {
        throw CommandException.wrongUse(
            "--cron '" + PlainText.of(cron, 80) + "': " + e.getMessage());
      }
    }
    return new ScheduleTimes(checked, null, zone == null ? UTC : zone(zone), false);
  }

  private static Duration every(String typed) {
    try {
      return Amounts.duration(typed);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse("--every: " + e.getMessage());
    }
  }

  /** By its name alone: an offset is none for the server. */
  private static String zone(String typed) {
    if (ZoneId.getAvailableZoneIds().contains(typed)) {
      return typed;
    }
    throw CommandException.wrongUse(
        "--time-zone '"
            + PlainText.of(typed, 80)
            + "' is not known: "
            + NearestName.of(typed, ZoneId.getAvailableZoneIds())
                .map(name -> "did you mean '" + name + "'?")
                .orElse("write a name as Europe/Berlin, or UTC"));
  }

  /** As the server has them. */
  static ScheduleTimes of(ScheduleSpec spec) {
    List<String> crons = new ArrayList<>();
    boolean others = !spec.getSkip().isEmpty() || spec.getIntervals().size() > 1;
    for (ScheduleCalendarSpec calendar : spec.getCalendars()) {
      if (calendar.getComment().isBlank()) {
        others = true;
      } else {
        crons.add(calendar.getComment().strip());
      }
    }
    crons.addAll(spec.getCronExpressions());
    @Nullable Duration every = null;
    for (ScheduleIntervalSpec interval : spec.getIntervals()) {
      every = interval.getEvery();
    }
    String zone = spec.getTimeZoneName();
    return new ScheduleTimes(crons, every, zone == null || zone.isBlank() ? UTC : zone, others);
  }

  /** For the server, which keeps no expression but its comment. */
  ScheduleSpec spec() {
    ScheduleSpec.Builder spec = ScheduleSpec.newBuilder();
    if (every != null) {
      return spec.setIntervals(List.of(new ScheduleIntervalSpec(every))).build();
    }
    return spec.setCronExpressions(crons.stream().map(cron -> cron + " #" + cron).toList())
        .setTimeZoneName(zone)
        .build();
  }

  /** In words: {@code cron '0 3 * * *' and '0 12 * * sat' (UTC)}, {@code every 12h}. */
  String words() {
    List<String> parts = new ArrayList<>();
    if (!crons.isEmpty()) {
      parts.add(
          "cron "
              + String.join(
                  " and ", crons.stream().map(cron -> "'" + PlainText.of(cron, 80) + "'").toList())
              + " ("
              + zone
              + ")");
    }
    if (every != null) {
      parts.add("every " + Amounts.text(every));
    }
    if (others) {
      parts.add("times that were set in Temporal's UI");
    }
    return parts.isEmpty() ? "never" : String.join(", ", parts);
  }
}
