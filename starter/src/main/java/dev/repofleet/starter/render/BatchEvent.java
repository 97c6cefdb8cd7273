package dev.repofleet.starter.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.BatchResult;
import java.time.Instant;
import java.util.Map;

/** The line of {@code --json} about a whole batch: {@code batch.json} without its rows. */
public final class BatchEvent {
  private BatchEvent() {}

  /** The last line. */
  public static String line(BatchResult result) {
    ObjectNode event = ArtifactJson.newMapper().createObjectNode().put("type", "batch");
    ObjectNode tree = (ObjectNode) ArtifactJson.tree(result);
    tree.remove("repositories");
    for (Map.Entry<String, JsonNode> entry : tree.properties()) {
      event.set(entry.getKey(), entry.getValue());
    }
    return ArtifactJson.line(event);
  }

  /** The only line of a batch that is left to itself. */
  public static String started(String batch, int repositories, Instant at) {
    return ArtifactJson.line(
        ArtifactJson.newMapper()
            .createObjectNode()
            .put("type", "batch")
            .put("batch", batch)
            .put("status", "running")
            .put("startedAt", at.toString())
            .put("repositories", repositories));
  }
}
