package dev.repofleet.worker.review;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.repofleet.artifacts.finding.AnswerSchema;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.workflows.Excerpt;
import java.util.List;
import java.util.stream.Collectors;

/** Holds an answer against a schema. Stateless, thread-safe. */
final class SchemaCheck {
  private static final int TOLD = 5;
  private static final int MAX_PROBLEM = 500;

  private SchemaCheck() {}

  /**
   * The first problems in a sentence; empty when there are none.
   *
   * @throws IllegalArgumentException when the plan's own schema can't be used
   */
  static String problem(Plan plan, JsonNode answer) {
    JsonNode schema = plan.schema();
    return problem(schema == null ? AnswerSchema.forRules(plan.rules()) : schema, answer);
  }

  /** The same with any schema. */
  static String problem(JsonNode schema, JsonNode answer) {
    if (hasInfinite(answer)) {
      return "the answer does not meet the schema: a number in it is too large";
    }
    List<Error> errors = errors(schema, answer);
    if (errors.isEmpty()) {
      return "";
    }
    String first =
        errors.stream()
            .limit(TOLD)
            .map(error -> where(error) + " " + error.getMessage())
            .collect(Collectors.joining("; "));
    String more = errors.size() > TOLD ? "; and " + (errors.size() - TOLD) + " more" : "";
    return Excerpt.of("the answer does not meet the schema: " + first + more, MAX_PROBLEM);
  }

  private static List<Error> errors(JsonNode schema, JsonNode answer) {
    try {
      // Nothing is fetched: a schema is one document.
      SchemaRegistry registry =
          SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_2020_12,
              builder -> builder.schemaLoader(loader -> loader.block(address -> true)));
      Schema compiled = registry.getSchema(schema);
      return compiled.validate(answer);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("the plan's schema can't be used: " + e.getMessage(), e);
    }
  }

  /** As 1e400 is when it is read; the check takes it for a fault of the schema. */
  private static boolean hasInfinite(JsonNode node) {
    if (node.isFloatingPointNumber()) {
      return !Double.isFinite(node.doubleValue());
    }
    for (JsonNode child : node) {
      if (hasInfinite(child)) {
        return true;
      }
    }
    return false;
  }

  private static String where(Error error) {
    String pointer = String.valueOf(error.getInstanceLocation());
    return pointer.isEmpty() ? "/" : pointer;
  }
}
