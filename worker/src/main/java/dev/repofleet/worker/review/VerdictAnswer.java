package dev.repofleet.worker.review;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What a verification answers.
 *
 * @param verdicts of the findings it was given
 */
public record VerdictAnswer(List<Verdict> verdicts) {
  /** Copies its list. */
  public VerdictAnswer {
    verdicts = List.copyOf(verdicts);
  }

  /**
   * One verdict.
   *
   * @param id of the finding
   * @param verdict on it
   * @param reason for people
   */
  public record Verdict(String id, Word verdict, String reason) {}

  /** Whether a finding stood. */
  public enum Word {
    /** The code was seen to be as it says. */
    @JsonProperty("confirmed")
    CONFIRMED,
    /** The code was seen to be otherwise. */
    @JsonProperty("rejected")
    REJECTED,
    /** The code alone does not tell. */
    @JsonProperty("undecided")
    UNDECIDED
  }

  /** The JSON Schema that the agent is held to. */
  public static JsonNode schema() {
    ObjectNode verdict = object();
    ObjectNode properties = verdict.putObject("properties");
    properties.putObject("id").put("type", "string");
    properties
        .putObject("verdict")
        .put("type", "string")
        .putArray("enum")
        .add("confirmed")
        .add("rejected")
        .add("undecided");
    properties.putObject("reason").put("type", "string");
    verdict.putArray("required").add("id").add("verdict").add("reason");
    verdict.put("additionalProperties", false);
    ObjectNode schema = object();
    schema.putObject("properties").putObject("verdicts").put("type", "array").set("items", verdict);
    schema.putArray("required").add("verdicts");
    return schema.put("additionalProperties", false);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode().put("type", "object");
  }
}
