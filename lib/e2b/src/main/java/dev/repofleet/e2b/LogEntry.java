package dev.repofleet.e2b;

import java.time.Instant;
import java.util.Map;

/**
 * A line of a sandbox's own log, which E2B keeps outside it: what envd and the platform did, and
 * the commands that were run. Arguments of commands are in it.
 *
 * @param at by the sandbox's clock
 * @param level the word of the server, for example {@code info}; empty if it told none
 * @param message the line
 * @param fields what belongs to it
 */
public record LogEntry(Instant at, String level, String message, Map<String, String> fields) {
  /** Copies the fields. */
  public LogEntry {
    fields = Map.copyOf(fields);
  }
}
