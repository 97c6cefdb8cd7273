package dev.repofleet.starter.publish;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.Published;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the artifact store says is at the forges. Stateless. */
public final class PublishedRows {
  private PublishedRows() {}

  /** All of a batch, in the order of its input. */
  public static List<Published> of(BatchRecords records) {
    List<Published> all = new ArrayList<>();
    records.targets().forEach(row -> read(records, row.key()).ifPresent(all::add));
    return all;
  }

  private static Optional<Published> read(BatchRecords records, String key) {
    String uri = ArtifactUri.of(ArtifactPaths.published(records.batch(), key));
    try {
      return Optional.of(
          ArtifactJson.read(records.store(), uri, Published.class, Published.MAX_BYTES));
    } catch (ArtifactNotFoundException e) {
      return Optional.empty();
    }
  }

  /** A table, or a line of JSON each. */
  public static void show(
      List<Published> all, boolean json, Terminal terminal, Map<String, String> environment) {
    if (json) {
      all.forEach(one -> terminal.tellJson(line(one)));
    } else if (!all.isEmpty()) {
      PublishText.table(all).lines(TerminalStyle.of(environment)).forEach(terminal::tell);
    }
  }

  private static String line(Published one) {
    ObjectNode line = ArtifactJson.newMapper().createObjectNode().put("type", "published");
    ObjectNode tree = (ObjectNode) ArtifactJson.tree(one);
    tree.remove("schemaVersion");
    line.setAll(tree);
    return ArtifactJson.line(line);
  }
}
