package dev.repofleet.worker.review;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/**
 * Values that must not be seen in texts, however many there are and whatever they are: a text is
 * gone through once, and at each place the longest of the values that begin there is replaced. Of a
 * longer one the first {@value #KNOWN} characters stand for the whole, up to the next blank, or a
 * quote that it has none of. Immutable.
 */
final class SecretValues {
  /** Shorter ones are none: {@link SecretMask} finds none of fewer characters. */
  private static final int BEGIN = 4;

  private static final String QUOTES = "\"'`";

  /** So many steps are taken at a place at the most. */
  private static final int KNOWN = 64;

  /** Differs from process to process, so that nobody makes values of one hash. */
  private static final long FACTOR = ThreadLocalRandom.current().nextLong() | 1;

  static final SecretValues NONE = new SecretValues(List.of());

  /** By the first four characters, packed. */
  private final Map<Long, Group> groups = new HashMap<>();

  private SecretValues(Collection<String> values) {
    for (String value : values) {
      if (value.length() >= BEGIN) {
        groups.computeIfAbsent(begin(value, 0), any -> new Group()).add(value);
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
      Group group = groups.get(begin(text, at));
      int length = group == null ? 0 : group.longestAt(text, at);
      if (length > 0) {
        clean = clean == null ? new StringBuilder(text.length()) : clean;
        clean.append(text, copied, at).append(by.apply(text.substring(at, at + length)));
        copied = at + length;
        at = copied - 1;
      }
    }
    return clean == null ? text : clean.append(text, copied, text.length()).toString();
  }

  /** Values that begin alike. */
  private static final class Group {
    private final Set<String> values = new HashSet<>();

    /** The first characters of longer ones, with a bit for each quote that one of them has. */
    private final Map<String, Integer> begins = new HashMap<>();

    private final Set<Long> hashes = new HashSet<>();

    /** A bit for each length there is. */
    private long lengths;

    private void add(String value) {
      String known = value.substring(0, Math.min(KNOWN, value.length()));
      if (value.length() > KNOWN) {
        begins.merge(known, quotesIn(value), (one, other) -> one | other);
      } else {
        values.add(known);
      }
      long hash = 0;
      for (int i = 0; i < known.length(); i++) {
        hash = next(hash, known.charAt(i));
      }
      hashes.add(hash);
      lengths |= 1L << (known.length() - 1);
    }

    private static long next(long hash, char character) {
      return (hash + character + 1) * FACTOR;
    }

    /** Length of the longest that begins there; 0 for none. */
    private int longestAt(String text, int at) {
      int most = Math.min(KNOWN, text.length() - at);
      int longest = 0;
      long hash = 0;
      for (int length = 1; length <= most; length++) {
        hash = next(hash, text.charAt(at + length - 1));
        if (((lengths >>> (length - 1)) & 1) != 0 && hashes.contains(hash)) {
          String piece = text.substring(at, at + length);
          Integer quotes = begins.get(piece);
          if (quotes != null) {
            return endOfWord(text, at + length, quotes) - at;
          }
          longest = values.contains(piece) ? length : longest;
        }
      }
      return longest;
    }

    private static int quotesIn(String value) {
      int bits = 0;
      for (int i = 0; i < QUOTES.length(); i++) {
        bits |= value.indexOf(QUOTES.charAt(i)) < 0 ? 0 : 1 << i;
      }
      return bits;
    }

    private static int endOfWord(String text, int from, int itsQuotes) {
      for (int end = from; end < text.length(); end++) {
        int quote = QUOTES.indexOf(text.charAt(end));
        boolean ends = quote >= 0 && (itsQuotes >> quote & 1) == 0;
        if (ends || Character.isWhitespace(text.charAt(end))) {
          return end;
        }
      }
      return text.length();
    }
  }
}
