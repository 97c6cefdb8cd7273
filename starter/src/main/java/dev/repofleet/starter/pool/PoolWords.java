package dev.repofleet.starter.pool;

import dev.repofleet.starter.command.Amounts;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A pool's settings by their names, with values as they are typed. */
final class PoolWords {
  private PoolWords() {}

  /** All of them, in the order of docs/pool.md. */
  static Map<String, String> of(PoolSettings settings) {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("maximumPoolSize", Integer.toString(settings.maximumPoolSize()));
    words.put("createRate", rate(settings.createRate()) + " a second");
    words.put("maxPaused", Integer.toString(settings.maxPaused()));
    words.put("minimumIdle", idle(settings.minimumIdle()));
    words.put("idle", settings.idle().code());
    words.put("maxLifetime", Amounts.text(settings.maxLifetime()));
    words.put("idleTimeout", Amounts.text(settings.idleTimeout()));
    words.put("reuse", settings.reuse().code());
    return words;
  }

  /** What differs: {@code 20 → 100} by name. */
  static Map<String, String> changes(PoolSettings before, PoolSettings after) {
    Map<String, String> was = of(before);
    Map<String, String> changes = new LinkedHashMap<>();
    of(after)
        .forEach(
            (name, value) -> {
              if (!value.equals(was.get(name))) {
                changes.put(name, was.get(name) + " → " + value);
              }
            });
    return changes;
  }

  /** Without a fraction that says nothing. */
  static String rate(double perSecond) {
    return perSecond == Math.rint(perSecond)
        ? Long.toString((long) perSecond)
        : Double.toString(Math.round(perSecond * 1000) / 1000.0);
  }

  private static String idle(Map<String, Integer> minimumIdle) {
    return minimumIdle.isEmpty()
        ? "none"
        : minimumIdle.entrySet().stream()
            .map(one -> PlainText.of(one.getKey(), 60) + "=" + one.getValue())
            .collect(Collectors.joining(", "));
  }
}
