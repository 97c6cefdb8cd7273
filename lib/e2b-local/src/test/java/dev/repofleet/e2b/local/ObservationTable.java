package dev.repofleet.e2b.local;

import dev.repofleet.e2b.local.scenario.Equivalents;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What three clients observed, side by side. */
record ObservationTable(
    Map<String, String> newSdk, Map<String, String> oldSdk, Map<String, String> java) {
  private static final String NOTHING = "(nothing)";
  private static final int WIDEST = 60;

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>(newSdk.keySet());
    names.addAll(oldSdk.keySet());
    names.addAll(java.keySet());
    return names;
  }

  /** What one client does not observe, or another way than the others. */
  List<String> differences() {
    List<String> names = new ArrayList<>();
    for (String name : names()) {
      String expected = newSdk.getOrDefault(name, NOTHING);
      boolean same =
          expected.equals(oldSdk.get(name))
              && Equivalents.inJava(name, expected).equals(java.get(name));
      if (!same) {
        names.add(name);
      }
    }
    return names;
  }

  @Override
  public String toString() {
    Set<String> different = new LinkedHashSet<>(differences());
    StringBuilder text = new StringBuilder();
    row(text, "", "observation", "JS SDK 2.51.0", "JS SDK 2.45.0", "Java client");
    for (String name : names()) {
      row(
          text,
          different.contains(name) ? "DIFFERS" : "",
          name,
          newSdk.getOrDefault(name, NOTHING),
          oldSdk.getOrDefault(name, NOTHING),
          java.getOrDefault(name, NOTHING));
    }
    return text.toString();
  }

  private static void row(StringBuilder text, String mark, String... cells) {
    for (String cell : cells) {
      String shown = Objects.requireNonNull(cell).replaceAll("\\p{Cntrl}", " ");
      text.append(
          "%-28s | "
              .formatted(shown.length() > WIDEST ? shown.substring(0, WIDEST) + "..." : shown));
    }
    text.append(mark).append('\n');
  }
}
