package dev.repofleet.starter.schedule;

import dev.repofleet.starter.render.PlainText;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    Map<CronField, String> typedBy = new EnumMap<>(CronField.class);
    Map<CronField, Set<Integer>> values = new EnumMap<>(CronField.class);
    for (CronField field : CronField.values()) {
      String part = fields[values.size()];
      typedBy.put(field, part);
      values.put(field, field.values(part));
    }
    requireOneKindOfDays(typedBy);
    requireComes(values);
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

  /** Most crons run on either then, and nobody should have to guess. */
  private static void requireOneKindOfDays(Map<CronField, String> typed) {
    if (!"*".equals(typed.get(CronField.DAY)) && !"*".equals(typed.get(CronField.WEEKDAY))) {
      throw new IllegalArgumentException(
          "it names days of the month and days of the week: leave one of them *, and write the"
              + " other as a second --cron");
    }
  }

  private static void requireComes(Map<CronField, Set<Integer>> values) {
    Set<Integer> days = values.getOrDefault(CronField.DAY, Set.of());
    boolean comes =
        values.getOrDefault(CronField.MONTH, Set.of()).stream()
            .map(month -> LENGTHS.get(month - 1))
            .anyMatch(length -> days.stream().anyMatch(day -> day <= length));
    if (!comes) {
      throw new IllegalArgumentException("it never comes: no such month has such a day");
    }
  }
}
