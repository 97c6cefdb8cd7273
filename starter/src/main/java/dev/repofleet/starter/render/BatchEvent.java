package dev.repofleet.starter.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.result.BatchResult;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The line of {@code --json} about a whole batch: {@code batch.json} without its rows. */
public final class BatchEvent {
  private BatchEvent() {}

  /** The last line. */
  public static String line(BatchResult result) {
    return line(result, null);
  }

  /**
   * The same of a batch that may be held.
   *
   * @param held why, in a sentence; absent: it is not
   */
  public static String line(BatchResult result, @Nullable String held) {
    ObjectNode event = ArtifactJson.newMapper().createObjectNode().put("type", "batch");
    ObjectNode tree = (ObjectNode) ArtifactJson.tree(result);
    tree.remove("repositories");
    for (Map.Entry<String, JsonNode> entry : tree.properties()) {
      event.set(entry.getKey(), entry.getValue());
    }
    if (held != null) {
      event.put("held", held);
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
