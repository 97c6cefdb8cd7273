package dev.repofleet.e2b.local.scenario;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Text that another thread brings, piece by piece. Thread-safe. */
final class Heard {
  private final List<String> pieces = new CopyOnWriteArrayList<>();

  void add(String piece) {
    pieces.add(piece);
  }

  boolean contains(String text) {
    return toString().contains(text);
  }

  @Override
  public String toString() {
    return String.join("", pieces);
  }
}
