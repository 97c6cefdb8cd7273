package dev.repofleet.starter.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A plan's own JSON Schema for the agent's answer: checked against its meta-schema and kept from
 * looking anywhere but into itself, and from being dropped by the agent.
 */
final class SchemaFile {
  private static final List<String> REFERENCES = List.of("$ref", "$dynamicRef", "$recursiveRef");

  private SchemaFile() {}

  /**
   * Reads a schema.
   *
   * @param file name for messages
   * @throws PlanException when it is not JSON, not JSON Schema, refers to other documents, does not
   *     describe an object, or is one that the agent would drop
   */
  static JsonNode read(String file, String text) {
    PlanText document = PlanText.read(file.endsWith(".json") ? file : file + " (.json)", text);
    JsonNode schema = document.root();
    SpecificationVersion version = version(file, schema);
    requireSchema(file, "", version, schema);
    refuseReferences(file, schema);
    if (!"object".equals(schema.path("type").asText())) {
      throw new PlanException(
          file
              + " must describe an object, which an agent's answer is: write \"type\": \"object\"");
    }
    ObjectNode asSent = document.root().deepCopy();
    asSent.remove("$schema");
    requireSchema(file, " of draft 7, which the agent reads", SpecificationVersion.DRAFT_7, asSent);
    AgentSchema.require(file, asSent);
    return schema;
  }

  private static void requireSchema(
      String file, String which, SpecificationVersion version, JsonNode schema) {
    List<Error> errors = metaSchema(version).validate(schema);
    if (!errors.isEmpty()) {
      Error first = errors.get(0);
      String place = first.getInstanceLocation().toString();
      throw new PlanException(
          file
              + " is not JSON Schema"
              + which
              + ": "
              + (place.isEmpty() || place.equals("/") ? "" : place + ": ")
              + first.getMessage());
    }
  }

  private static SpecificationVersion version(String file, JsonNode schema) {
    JsonNode named = schema.get("$schema");
    if (named == null) {
      return SpecificationVersion.DRAFT_2020_12;
    }
    Optional<SpecificationVersion> version =
        named.isTextual()
            ? SpecificationVersion.fromDialectId(named.textValue())
                .or(() -> SpecificationVersion.fromDialectId(withoutFragment(named.textValue())))
            : Optional.empty();
    return version.orElseThrow(
        () ->
            new PlanException(
                file
                    + " names a $schema that is not known: take "
                    + SpecificationVersion.DRAFT_2020_12.getDialectId()
                    + ", or drop it"));
  }

  private static String withoutFragment(String id) {
    return id.endsWith("#") ? id.substring(0, id.length() - 1) : id + "#";
  }

  private static Schema metaSchema(SpecificationVersion version) {
    return SchemaRegistry.withDefaultDialect(version)
        .getSchema(SchemaLocation.of(version.getDialectId()));
  }

  /** Workers fetch nothing for a plan, and a file on this machine is not there on theirs. */
  private static void refuseReferences(String file, JsonNode node) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      JsonNode value = entry.getValue();
      if (REFERENCES.contains(entry.getKey())
          && value.isTextual()
          && !value.textValue().startsWith("#")) {
        throw new PlanException(
            file
                + " refers to another document ("
                + value.textValue()
                + "): copy it under $defs and refer to #/$defs/NAME");
      }
    }
    node.forEach(child -> refuseReferences(file, child));
  }
}
