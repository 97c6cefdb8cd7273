package dev.repofleet.starter.schedule;

import dev.repofleet.starter.PlainText;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A cron expression, checked before the server sees it: that takes some mistakes, and names none by
 * its field.
 *
 * @param text lower-case, white space folded
 */
record CronExpression(String text) {
  private static final List<String> MACROS =
      List.of("@hourly", "@daily", "@weekly", "@monthly", "@yearly");

  /** How many days each month ever has. */
  private static final List<Integer> LENGTHS =
      List.of(31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

  /**
   * Checks an expression: five fields, or one of {@code @hourly}, {@code @daily} and the like.
   *
   * @throws IllegalArgumentException that names what is wrong, and with which field
   */
  static CronExpression of(String typed) {
    String text = PlainText.of(typed, 200).toLowerCase(Locale.ROOT);
    if (text.startsWith("@")) {
      return macro(text);
    }
    String[] fields = text.isEmpty() ? new String[0] : text.split(" ", -1);
    if (fields.length != CronField.values().length) {
      throw new IllegalArgumentException(
          "it has "
              + fields.length
              + " of 5 fields: write minute, hour, day of month, month and day of week, as"
              + " '30 3 * * mon-fri', in quotes");
    }
    for (CronField field : CronField.values()) {
      field.values(fields[field.ordinal()]);
    }
    requireOneKindOfDays(fields);
    requireComes(fields);
    return new CronExpression(text);
  }

  private static CronExpression macro(String text) {
    if (!MACROS.contains(text)) {
      throw new IllegalArgumentException(
          text.startsWith("@every")
              ? "--every says that"
              : "there are " + String.join(", ", MACROS) + ", or five fields");
    }
    return new CronExpression(text);
  }

  /** Most crons run on either then, the server on those that are both. */
  private static void requireOneKindOfDays(String[] fields) {
    if (!isAny(fields, CronField.DAY) && !isAny(fields, CronField.WEEKDAY)) {
      throw new IllegalArgumentException(
          "it names days of the month and days of the week: leave one of them *, and write the"
              + " other as a second --cron");
    }
  }

  private static boolean isAny(String[] fields, CronField field) {
    return fields[field.ordinal()].equals("*");
  }

  private static void requireComes(String[] fields) {
    Set<Integer> days = CronField.DAY.values(fields[CronField.DAY.ordinal()]);
    Set<Integer> months = CronField.MONTH.values(fields[CronField.MONTH.ordinal()]);
    boolean comes =
        months.stream()
            .anyMatch(month -> days.stream().anyMatch(day -> day <= LENGTHS.get(month - 1)));
    if (!comes) {
      throw new IllegalArgumentException("it never comes: no such month has such a day");
    }
  }
}
