package dev.repofleet.starter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.repofleet.artifacts.ArtifactJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lines of {@code --json}, as a script reads them. */
public final class EventLines {
  private static final Schema SCHEMA = schema();

  private EventLines() {}

  private static Schema schema() {
    try {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
          .getSchema(Files.readString(Path.of("..", "docs", "events.schema.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines, of which there are some, and each is as docs/events.schema.json says. */
  public static List<JsonNode> of(String lines) {
    assertThat(lines.lines()).isNotEmpty();
    return lines.lines().map(EventLines::line).toList();
  }

  private static JsonNode line(String line) {
    JsonNode tree = ArtifactJson.read(line, JsonNode.class, "a line of --json");
    assertThat(SCHEMA.validate(tree)).as(line).isEmpty();
    return tree;
  }
}
