package dev.repofleet.starter.pool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.pool.PoolStatus;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import java.time.Instant;

/** A pool as JSON lines. Their form is for scripts and lasts. */
final class PoolLines {
  private PoolLines() {}

  /** That there is none, or that it was terminated: {@code none}, {@code closed}. */
  static String without(Fleet fleet, String state) {
    return ArtifactJson.line(pool(fleet, state));
  }

  /** How it stands. */
  static String of(Fleet fleet, PoolStatus status) {
    ObjectNode line =
        pool(fleet, "open")
            .put("total", status.total())
            .put("limit", status.limit())
            .put("leased", status.leased())
            .put("warm", status.warm())
            .put("unresolved", status.unresolved())
            .put("parked", status.parked())
            .put("leaked", status.leaked())
            .put("waiting", status.waiting());
    if (status.foreign() != null) {
      line.put("foreign", status.foreign());
    }
    ObjectNode waiting = line.putObject("waitingByBatch");
    status.waitingByBatch().forEach(waiting::put);
    line.put("createRate", status.createRate()).put("health", status.health());
    if (status.held() != null) {
      line.put("held", status.held());
    }
    Long closedUntil = status.closedUntil();
    if (closedUntil != null) {
      line.put("closedUntil", Instant.ofEpochMilli(closedUntil).toString());
    }
    line.set("settings", settings(status.settings()));
    return ArtifactJson.line(line);
  }

  /** What became of its settings. */
  static String changed(Fleet fleet, PoolSettings before, PoolSettings after) {
    ObjectNode line =
        ArtifactJson.newMapper()
            .createObjectNode()
            .put("type", "pool_settings")
            .put("pool", fleet.poolWorkflowId())
            .put("fleet", fleet.name());
    line.set("before", settings(before));
    line.set("after", settings(after));
    return ArtifactJson.line(line);
  }

  private static ObjectNode pool(Fleet fleet, String state) {
    return ArtifactJson.newMapper()
        .createObjectNode()
        .put("type", "pool")
        .put("pool", fleet.poolWorkflowId())
        .put("fleet", fleet.name())
        .put("state", state);
  }

  private static ObjectNode settings(PoolSettings settings) {
    ObjectNode node =
        ArtifactJson.newMapper()
            .createObjectNode()
            .put("maximumPoolSize", settings.maximumPoolSize())
            .put("createRate", settings.createRate())
            .put("maxPaused", settings.maxPaused());
    ObjectNode idle = node.putObject("minimumIdle");
    settings.minimumIdle().forEach(idle::put);
    return node.put("idle", settings.idle().code())
        .put("maxLifetimeSeconds", settings.maxLifetime().toSeconds())
        .put("idleTimeoutSeconds", settings.idleTimeout().toSeconds())
        .put("reuse", settings.reuse().code());
  }
}
