package dev.repofleet.starter.schedule;

import dev.repofleet.starter.render.PlainText;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A field of a cron expression: which numbers it may hold, and how they may be written. */
enum CronField {
  MINUTE("minute", 0, 59, ""),
  HOUR("hour", 0, 23, ""),
  DAY("day of month", 1, 31, ""),
  MONTH("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
  /** Both 0 and 7 are Sunday. */
  WEEKDAY("day of week", 0, 7, "sun mon tue wed thu fri sat");

  private static final Pattern PART =
      Pattern.compile("(?:\\*|([0-9a-z]+)(?:-([0-9a-z]+))?)(?:/([0-9]{1,4}))?");

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

  private final String title;
  private final int least;
  private final int most;

  /** One after the other, the first for the least number; empty where there are none. */
  private final String names;

  CronField(String title, int least, int most, String names) {
    this.title = title;
    this.least = least;
    this.most = most;
    this.names = names;
  }

  /**
   * The numbers that are meant.
   *
   * @param typed lower-case
   * @throws IllegalArgumentException that names the field and what is wrong with it
   */
  Set<Integer> values(String typed) {
    Set<Integer> values = new TreeSet<>();
    for (String part : typed.split(",", -1)) {
      addPart(part, values);
    }
    return values;
  }

  private void addPart(String part, Set<Integer> values) {
    Matcher matcher = PART.matcher(part);
    if (!matcher.matches()) {
      throw wrong(part, "write *, numbers, ranges as 1-5, steps as */15, with commas between");
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    int step = matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
    if (step < 1) {
      throw wrong(part, "a step is at least 1");
    }
    int from = first == null ? least : number(first);
    int to = last != null ? number(last) : first == null || matcher.group(3) != null ? most : from;
    if (from > to) {
      throw wrong(part, "its range ends before it begins");
    }
    for (int value = from; value <= to; value += step) {
      values.add(value);
    }
  }

  private int number(String typed) {
    List<String> known = names.isEmpty() ? List.of() : List.of(names.split(" ", -1));
    int named = known.indexOf(typed);
    if (named >= 0) {
      return named + least;
    }
    if (!NUMBER.matcher(typed).matches()) {
      throw wrong(
          typed,
          known.isEmpty()
              ? "it takes numbers"
              : "it takes numbers and " + known.get(0) + " to " + known.get(known.size() - 1));
    }
    int number = Integer.parseInt(typed);
    if (number < least || number > most) {
      throw wrong(typed, "it is from " + least + " to " + most);
    }
    return number;
  }

  private IllegalArgumentException wrong(String part, String why) {
    return new IllegalArgumentException(title + " '" + PlainText.of(part, 40) + "': " + why);
  }
}
