package dev.repofleet.worker.review;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Values that must not be seen in texts, however many there are: a text is gone through once, and
 * at each place the longest of the values that begin there is replaced. Immutable.
 */
final class SecretValues {
  /** Shorter ones are none: {@link SecretMask} finds none of fewer characters. */
  private static final int BEGIN = 4;

  static final SecretValues NONE = new SecretValues(List.of());

  /** By the first four characters, packed, and by length. */
  private final Map<Long, NavigableMap<Integer, Set<String>>> groups = new HashMap<>();

  private SecretValues(Collection<String> values) {
    for (String value : values) {
      if (value.length() >= BEGIN) {
        groups
            .computeIfAbsent(begin(value, 0), any -> new TreeMap<>())
            .computeIfAbsent(value.length(), any -> new HashSet<>())
            .add(value);
      }
    }
  }

  static SecretValues of(Collection<String> values) {
    return values.isEmpty() ? NONE : new SecretValues(values);
  }

  private static long begin(String text, int at) {
    return (long) text.charAt(at) << 48
        | (long) text.charAt(at + 1) << 32
        | (long) text.charAt(at + 2) << 16
        | text.charAt(at + 3);
  }

  /** The text with each value replaced by what {@code by} makes of it. */
  String replaced(String text, UnaryOperator<String> by) {
    if (groups.isEmpty()) {
      return text;
    }
    StringBuilder clean = null;
    int copied = 0;
    for (int at = 0; at + BEGIN <= text.length(); at++) {
      String value = longestAt(text, at);
      if (value != null) {
        clean = clean == null ? new StringBuilder(text.length()) : clean;
        clean.append(text, copied, at).append(by.apply(value));
        copied = at + value.length();
        at = copied - 1;
      }
    }
    return clean == null ? text : clean.append(text, copied, text.length()).toString();
  }

  /** The longest value that begins there; a text has few lengths of values with one beginning. */
  private @Nullable String longestAt(String text, int at) {
    NavigableMap<Integer, Set<String>> lengths = groups.get(begin(text, at));
    if (lengths == null) {
      return null;
    }
    for (Map.Entry<Integer, Set<String>> values :
        lengths.headMap(text.length() - at, true).descendingMap().entrySet()) {
      String piece = text.substring(at, at + values.getKey());
      if (values.getValue().contains(piece)) {
        return piece;
      }
    }
    return null;
  }
}
