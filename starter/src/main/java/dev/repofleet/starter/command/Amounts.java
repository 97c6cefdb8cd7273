package dev.repofleet.starter.command;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them, in plans and options. */
public final class Amounts {
  private static final Pattern DURATION =
      Pattern.compile("(?:(\\d{1,4})d)?(?:(\\d{1,6})h)?(?:(\\d{1,7})m)?(?:(\\d{1,8})s)?");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([a-z]*)");

  private Amounts() {}

  /**
   * A duration such as {@code 90s}, {@code 45m} or {@code 1h30m}.
   *
   * @throws IllegalArgumentException when it is none, or not above zero
   */
  public static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    Duration duration =
        matcher.matches()
            ? Duration.ofDays(number(matcher, 1))
                .plusHours(number(matcher, 2))
                .plusMinutes(number(matcher, 3))
                .plusSeconds(number(matcher, 4))
            : Duration.ZERO;
    if (duration.isZero()) {
      throw new IllegalArgumentException("\"" + text + "\" is not a time; write 90s, 45m or 1h30m");
    }
    return duration;
  }

  /** A duration of whole seconds as it may be typed again: {@code 1h30m}. */
  public static String text(Duration duration) {
    StringBuilder words = new StringBuilder();
    append(duration.toDays(), 'd', words);
    append(duration.toHoursPart(), 'h', words);
    append(duration.toMinutesPart(), 'm', words);
    append(duration.toSecondsPart(), 's', words);
    return words.isEmpty() ? "0s" : words.toString();
  }

  private static void append(long number, char unit, StringBuilder to) {
    if (number > 0) {
      to.append(number).append(unit);
    }
  }

  private static long number(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /**
   * A size in bytes such as {@code 512KiB}, {@code 256MiB}, {@code 2GiB}, {@code 500MB} or a plain
   * number of bytes.
   *
   * @throws IllegalArgumentException when it is none, or not above zero
   */
  public static long size(String text) {
    Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
    long bytes = matcher.matches() ? Long.parseLong(matcher.group(1)) * unit(matcher.group(2)) : 0;
    if (bytes <= 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a size; write 512KiB, 256MiB or 2GiB");
    }
    return bytes;
  }

  /** 0 for a unit there is not. The factors are small enough that 12 digits never overflow. */
  private static long unit(String name) {
    return switch (name) {
      case "", "b" -> 1;
      case "kib" -> 1L << 10;
      case "mib" -> 1L << 20;
      case "gib" -> 1L << 30;
      case "kb" -> 1_000;
      case "mb" -> 1_000_000;
      case "gb" -> 1_000_000_000;
      default -> 0;
    };
  }
}
