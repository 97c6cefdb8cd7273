package dev.repofleet.e2b;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Some lines of a log.
 *
 * @param entries in the order that was asked for
 * @param next where to ask on, with {@link LogQuery#from(Instant)}; empty if these were the last. A
 *     page knows its end to the millisecond only: lines of that millisecond come again
 */
public record LogPage(List<LogEntry> entries, Optional<Instant> next) {
  /** Copies the lines. */
  public LogPage {
    entries = List.copyOf(entries);
  }
}
