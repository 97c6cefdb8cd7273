package dev.repofleet.starter.pool;

import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.TextColumns;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.pool.PoolStatus;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a pool stands, in lines for a person. */
final class PoolText {
  private static final int LABEL = 18;
  private static final int MOST_BATCHES = 20;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final Fleet fleet;
  private final PoolStatus status;
  private final Clock clock;
  private final List<String> lines = new ArrayList<>();

  PoolText(Fleet fleet, PoolStatus status, Clock clock) {
    this.fleet = fleet;
    this.status = status;
    this.clock = clock;
  }

  List<String> lines() {
    lines.add("Pool " + fleet.poolWorkflowId() + ": " + PlainText.of(status.health(), 300));
    lines.add("");
    hold();
    places();
    waiting();
    PoolSettings settings = status.settings();
    lines.add("");
    lines.add("settings");
    PoolWords.of(settings).forEach((name, value) -> line("  " + name, value));
    return List.copyOf(lines);
  }

  private void hold() {
    if (status.held() != null) {
      lines.add(
          "No permit is given: "
              + HoldEvent.reason(status.held())
              + ". Mend that, then `repofleet resume "
              + anyBatch()
              + "`.");
      lines.add("");
    }
    Long until = status.closedUntil();
    if (until != null) {
      Instant at = Instant.ofEpochMilli(until);
      lines.add(
          "No permit is given until "
              + TIME.format(at.atZone(clock.getZone()))
              + ", for "
              + Wording.duration(Duration.between(clock.instant(), at))
              + " more.");
      lines.add("");
    }
  }

  /** One that waits; any of the fleet's would do. */
  private String anyBatch() {
    return status.waitingByBatch().keySet().stream()
        .filter(Fleet::isBatchId)
        .findFirst()
        .orElse("BATCH");
  }

  private void places() {
    int maximum = status.settings().maximumPoolSize();
    line(
        "places",
        status.total()
            + " taken of "
            + status.limit()
            + (status.limit() < maximum ? ", the maximum is " + maximum : ""));
    line("  leased", Integer.toString(status.leased()));
    line("  warm", Integer.toString(status.warm()));
    line("  unresolved", Integer.toString(status.unresolved()));
    line("parked", status.parked() + " of " + status.settings().maxPaused());
    if (status.leaked() > 0) {
      line(
          "without an owner",
          status.leaked()
              + ": `repofleet sandboxes list"
              + FleetOption.words(fleet)
              + "` shows them");
    }
    Integer foreign = status.foreign();
    if (foreign != null && foreign > 0) {
      line("of others", foreign + (foreign == 1 ? " runs" : " run") + " on this account");
    }
    double most = status.settings().createRate();
    line(
        "create rate",
        PoolWords.rate(status.createRate())
            + " a second"
            + (status.createRate() < most ? ", the setting is " + PoolWords.rate(most) : ""));
  }

  private void waiting() {
    line("waiting", Integer.toString(status.waiting()));
    status.waitingByBatch().entrySet().stream()
        .limit(MOST_BATCHES)
        .forEach(one -> line("  " + name(one), one.getValue().toString()));
    if (status.waitingByBatch().size() > MOST_BATCHES) {
      lines.add("  … and " + (status.waitingByBatch().size() - MOST_BATCHES) + " batches more");
    }
  }

  private static String name(Map.Entry<String, Integer> batch) {
    return PlainText.of(batch.getKey(), 70);
  }

  private void line(String label, String value) {
    String gap = " ".repeat(Math.max(0, LABEL - TextColumns.of(label)) + 2);
    lines.add(label + gap + value);
  }
}
