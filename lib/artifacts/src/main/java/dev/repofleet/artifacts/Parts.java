package dev.repofleet.artifacts;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The checks that the compact constructors of records share. Stateless; each gives back what it was
 * given, and refuses what it must not be: a missing text by {@link NullPointerException}, anything
 * else by {@link IllegalArgumentException} that names it.
 */
public final class Parts {
  private Parts() {}

  /** An absent list in JSON arrives as null; in a record it is empty. */
  public static <T> List<T> list(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /** As {@link #list}, for maps; the copy is sorted by key, so that its JSON is stable. */
  public static <V> Map<String, V> map(@Nullable Map<String, V> map) {
    return map == null ? Map.of() : Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }

  /** Fields may come and go within a version; another version means another thing by the same. */
  public static void schemaVersion(int found, int known) {
    if (found != known) {
      throw new IllegalArgumentException(
          found > known
              ? "it has schemaVersion %d, this program reads %d: a newer RepoFleet wrote it, use that one"
                  .formatted(found, known)
              : "it has schemaVersion %d, which no RepoFleet writes".formatted(found));
    }
  }

  /** Of a text that must be there and not blank. */
  public static String text(@Nullable String value, String name) {
    Objects.requireNonNull(value, name + " is missing");
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " is empty");
    }
    return value;
  }

  /** Of a number from 0. */
  public static long notNegative(long value, String name) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative, but is " + value);
    }
    return value;
  }

  /** Of a finite number from 0. */
  public static double notNegative(double value, String name) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          name + " must be a number that is not negative, but is " + value);
    }
    return value;
  }

  /** Of a number from 1. */
  public static long positive(long value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be above zero, but is " + value);
    }
    return value;
  }

  /** Of a time that passes. */
  public static Duration positive(Duration value, String name) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be above zero, but is " + value);
    }
    return value;
  }
}
