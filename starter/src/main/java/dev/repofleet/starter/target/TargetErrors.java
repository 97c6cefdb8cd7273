package dev.repofleet.starter.target;

import java.util.ArrayList;
import java.util.List;

/** Sentences about targets: the first ten are kept, of the others the number. Not thread-safe. */
final class TargetErrors {
  private static final int SHOWN = 10;

  private final List<String> shown = new ArrayList<>();
  private int count;

  void add(String sentence) {
    if (count++ < SHOWN) {
      shown.add(sentence);
    }
  }

  int count() {
    return count;
  }

  /**
   * A line for each of the first, and one for the rest.
   *
   * @param rest what is said of the others behind their number
   */
  List<String> lines(String rest) {
    List<String> lines = new ArrayList<>(shown);
    if (count > SHOWN) {
      lines.add("and " + (count - SHOWN) + " more" + rest);
    }
    return lines;
  }
}
