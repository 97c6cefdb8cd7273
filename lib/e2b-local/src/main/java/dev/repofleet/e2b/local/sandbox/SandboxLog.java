package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.Wire;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What happened to one sandbox, as this server knows it: its states, the processes that were
 * started through the server, and their ends; never arguments, output or content. The last 1,000
 * lines are kept. Thread-safe.
 */
public final class SandboxLog {
  private static final int KEPT = 1000;
  private static final int LONGEST_SEARCH = 256;
  private static final List<String> LEVELS = List.of("debug", "info", "warn", "error");

  private record Line(Instant time, String level, String message, Map<String, String> fields) {
    ObjectNode json() {
      ObjectNode json =
          Wire.object()
              .put("timestamp", time.truncatedTo(ChronoUnit.MICROS).toString())
              .put("level", level)
              .put("message", message);
      ObjectNode all = json.putObject("fields");
      fields.forEach(all::put);
      return json;
    }
  }

  private final InstantSource clock;
  private final Deque<Line> lines = new ArrayDeque<>();

  public SandboxLog(InstantSource clock) {
    this.clock = clock;
  }

  void info(String message, String... fields) {
    add("info", message, fields);
  }

  void warn(String message, String... fields) {
    add("warn", message, fields);
  }

  /**
   * @param fields name and value by turns
   */
  private synchronized void add(String level, String message, String... fields) {
    Map<String, String> named = new LinkedHashMap<>();
    for (int at = 0; at + 1 < fields.length; at += 2) {
      named.put(fields[at], Redaction.printable(fields[at + 1]));
    }
    lines.addLast(new Line(clock.instant(), level, message, named));
    if (lines.size() > KEPT) {
      lines.removeFirst();
    }
  }

  /** The newer call's answer (E2B contract, 1.3). */
  public ObjectNode page(UnaryOperator<String> query) {
    boolean backward =
        switch (query.apply("direction")) {
          case "", "forward" -> false;
          case "backward" -> true;
          default -> throw ApiException.of(400, "direction must be forward or backward");
        };
    int least = level(query.apply("level"));
    String search = query.apply("search").toLowerCase(Locale.ROOT);
    if (search.length() > LONGEST_SEARCH) {
      throw ApiException.of(400, "search must have at most " + LONGEST_SEARCH + " characters");
    }
    Instant cursor =
        milliseconds("cursor", query.apply("cursor"), backward ? Instant.MAX : Instant.EPOCH);
    int limit = limit(query.apply("limit"));
    ObjectNode answer = Wire.object();
    ArrayNode logs = answer.putArray("logs");
    ordered(backward).stream()
        .filter(line -> backward ? !line.time().isAfter(cursor) : !line.time().isBefore(cursor))
        .filter(line -> LEVELS.indexOf(line.level()) >= least)
        .filter(line -> line.message().toLowerCase(Locale.ROOT).contains(search))
        .limit(limit)
        .forEach(line -> logs.add(line.json()));
    return answer;
  }

  /** The older call's answer. */
  public ObjectNode all(UnaryOperator<String> query) {
    Instant start = milliseconds("start", query.apply("start"), Instant.EPOCH);
    int limit = limit(query.apply("limit"));
    ObjectNode answer = Wire.object();
    ArrayNode logs = answer.putArray("logs");
    ArrayNode entries = answer.putArray("logEntries");
    ordered(false).stream()
        .filter(line -> !line.time().isBefore(start))
        .limit(limit)
        .forEach(
            line -> {
              ObjectNode json = line.json();
              entries.add(json);
              logs.addObject()
                  .put("timestamp", json.get("timestamp").asText())
                  .put("line", json.toString());
            });
    return answer;
  }

  private synchronized List<Line> ordered(boolean backward) {
    List<Line> all = new ArrayList<>(lines);
    if (backward) {
      Collections.reverse(all);
    }
    return all;
  }

  private static int level(String level) {
    if (level.isEmpty()) {
      return 0;
    }
    int index = LEVELS.indexOf(level);
    if (index < 0) {
      throw ApiException.of(400, "level must be one of " + LEVELS);
    }
    return index;
  }

  private static Instant milliseconds(String name, String value, Instant otherwise) {
    if (value.isEmpty()) {
      return otherwise;
    }
    if (!value.matches("\\d{1,15}")) {
      throw ApiException.of(400, name + " must be a time in Unix milliseconds");
    }
    return Instant.ofEpochMilli(Long.parseLong(value));
  }

  private static int limit(String limit) {
    if (limit.isEmpty()) {
      return KEPT;
    }
    if (!limit.matches("\\d{1,4}") || Integer.parseInt(limit) > KEPT) {
      throw ApiException.of(400, "limit must be 0 to " + KEPT);
    }
    return Integer.parseInt(limit);
  }
}
