package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.PageText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** What Temporal's UI shows of a pool besides its timeline, in Markdown. */
public final class PoolPage {
  private static final int MOST_BATCHES = 20;

  private PoolPage() {}

  /** What does not change. */
  public static String about(String fleet) {
    return PageText.table(
        List.of("pool", PageText.code(fleet)),
        List.of(
            List.of("holds", "the permits for all sandboxes of the fleet"),
            List.of("live", PageText.code("repofleet pool show"))));
  }

  /** How it stands. */
  static String now(PoolStatus status) {
    List<List<String>> rows = new ArrayList<>();
    row(rows, "total", status.total());
    row(rows, "leased", status.leased());
    row(rows, "warm", status.warm());
    row(rows, "unresolved", status.unresolved());
    row(rows, "paused by reviews", status.parked());
    row(rows, "without an owner", status.leaked());
    if (status.foreign() != null) {
      row(rows, "of others on this account", status.foreign());
    }
    row(rows, "waiting", status.waiting());
    status.waitingByBatch().entrySet().stream()
        .limit(MOST_BATCHES)
        .forEach(batch -> row(rows, "· " + PageText.code(batch.getKey()), batch.getValue()));
    Long closedUntil = status.closedUntil();
    return "**"
        + status.health()
        + "**"
        + (closedUntil == null
            ? ""
            : " until " + Instant.ofEpochMilli(closedUntil).truncatedTo(ChronoUnit.SECONDS))
        + " · "
        + status.limit()
        + " of "
        + status.settings().maximumPoolSize()
        + " places\n\n"
        + PageText.table(List.of("sandboxes", ""), rows);
  }

  private static void row(List<List<String>> rows, String name, int count) {
    rows.add(List.of(name, Integer.toString(count)));
  }
}
