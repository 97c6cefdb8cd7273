package dev.repofleet.e2b.local.scenario;

import java.util.LinkedHashMap;
import java.util.Map;

/** What was seen, by name, in order. */
final class Observations {
  private final Map<String, String> values = new LinkedHashMap<>();

  void say(String name, Object value) {
    values.put(name, String.valueOf(value));
  }

  Map<String, String> values() {
    return values;
  }
}
