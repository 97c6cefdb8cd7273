package dev.repofleet.starter.review;

import dev.repofleet.starter.render.PlainText;
import dev.repofleet.workflows.Fleet;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Ids of batches as persons type them or leave them out, and names of schedules like them. */
public final class BatchId {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int RANDOM_LETTERS = 4;

  private BatchId() {}

  /** {@code yyyyMMdd-HHmmss-xxxx}, in UTC: sorts by time, and two of one second differ. */
  static String make(Clock clock, RandomGenerator random) {
    StringBuilder id = new StringBuilder(TIME.format(clock.instant())).append('-');
    for (int i = 0; i < RANDOM_LETTERS; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  /** What ids of a fleet's batches begin with; empty of the default fleet. */
  static String prefix(Fleet fleet) {
    return fleet.equals(Fleet.DEFAULT) ? "" : fleet.name() + ".";
  }

  /**
   * An id or name that was typed, as the fleet needs it.
   *
   * @param what it is of, for the beginning of a sentence
   * @param talk is told when the prefix was missing
   */
  public static String of(String what, Fleet fleet, String typed, Consumer<String> talk) {
    String prefix = prefix(fleet);
    if (typed.startsWith(prefix)) {
      return typed;
    }
    String id = prefix + typed;
    talk.accept(
        what
            + " "
            + PlainText.of(typed, 80)
            + " of fleet "
            + fleet.name()
            + " has the id "
            + PlainText.of(id, 120)
            + ".");
    return id;
  }
}
