package dev.repofleet.worker.review;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code primaryLocationLineHash} of each line of a file, as GitHub code scanning computes it:
 * a rolling hash over the 100 characters from the line's first on, spaces and tabs left out, and a
 * number for lines that are alike. The same line keeps its hash when others move it. Tested against
 * published values.
 */
public final class LineHashes {
  private static final int WINDOW = 100;
  private static final long FACTOR = 37;
  private static final char END_OF_FILE = 65535;
  private static final int NO_LINE = -1;

  private final long weightOfOldest = power(FACTOR, WINDOW);
  private final char[] characters = new char[WINDOW];
  private final int[] lineStarts = new int[WINDOW];
  private final Map<Long, Integer> occurrences = new HashMap<>();
  private final List<String> hashes = new ArrayList<>();
  private long hash;
  private int oldest;
  private int lines;
  private boolean atLineStart = true;

  private LineHashes() {
    Arrays.fill(lineStarts, NO_LINE);
  }

  /** The hash of line {@code n} at {@code n - 1}. One more may follow the last line. */
  public static List<String> of(String text) {
    LineHashes hashes = new LineHashes();
    hashes.feed(text);
    return hashes.hashes;
  }

  private void feed(String text) {
    boolean afterCarriageReturn = false;
    for (int at = 0; at < text.length(); at++) {
      char character = text.charAt(at);
      boolean secondHalf = character == '\n' && afterCarriageReturn;
      afterCarriageReturn = character == '\r';
      if (!secondHalf && character != ' ' && character != '\t') {
        take(character == '\r' ? '\n' : character);
      }
    }
    take(END_OF_FILE);
    for (int rest = 0; rest < WINDOW; rest++) {
      tellOldest();
      push('\0', NO_LINE);
    }
  }

  private void take(char character) {
    tellOldest();
    push(character, atLineStart ? lines++ : NO_LINE);
    atLineStart = character == '\n';
  }

  /** The window is about to lose its oldest character: a line that begins there is complete. */
  private void tellOldest() {
    if (lineStarts[oldest] != NO_LINE) {
      int number = occurrences.merge(hash, 1, Integer::sum);
      hashes.add(Long.toHexString(hash) + ":" + number);
    }
  }

  private void push(char character, int line) {
    hash = FACTOR * hash + character - weightOfOldest * characters[oldest];
    characters[oldest] = character;
    lineStarts[oldest] = line;
    oldest = (oldest + 1) % WINDOW;
  }

  private static long power(long base, int exponent) {
    long power = 1;
    for (int times = 0; times < exponent; times++) {
      power *= base;
    }
    return power;
  }
}
