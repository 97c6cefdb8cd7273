package dev.repofleet.e2b.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A create request. Fields without a meaning on one machine (network, mcp, …) are ignored. */
record NewSandbox(
    String template,
    Duration timeout,
    Map<String, String> metadata,
    Map<String, String> variables,
    boolean autoPause) {
  private static final Duration V1_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration V2_TIMEOUT = Duration.ofMinutes(5);

  NewSandbox {
    metadata = Map.copyOf(metadata);
    variables = Map.copyOf(variables);
  }

  static NewSandbox of(ObjectNode body, boolean v2) {
    String template = body.path("templateID").asText("");
    if (template.isEmpty()) {
      throw ApiException.of(400, "templateID is required");
    }
    Duration timeout =
        body.hasNonNull("timeout") ? seconds(body.get("timeout")) : v2 ? V2_TIMEOUT : V1_TIMEOUT;
    if (timeout.isZero()) {
      throw ApiException.of(400, "Timeout must be greater than 0");
    }
    if (timeout.compareTo(LocalSandboxOptions.MAXIMUM_LIFETIME) > 0) {
      throw ApiException.of(
          400,
          "Timeout cannot be greater than %d hours"
              .formatted(LocalSandboxOptions.MAXIMUM_LIFETIME.toHours()));
    }
    return new NewSandbox(
        template,
        timeout,
        strings(body, "metadata"),
        strings(body, "envVars"),
        body.path("autoPause").asBoolean(false));
  }

  /** A number of seconds, 0 or more. */
  static Duration seconds(JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 0) {
      throw ApiException.of(400, "timeout must be a number of seconds, 0 or more");
    }
    return Duration.ofSeconds(value.asInt());
  }

  private static Map<String, String> strings(ObjectNode body, String name) {
    JsonNode node = body.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return Map.of();
    }
    Map<String, String> result = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isTextual() || entry.getValue().asText().indexOf('\0') >= 0) {
        throw ApiException.of(400, name + " must map strings to strings");
      }
      result.put(entry.getKey(), entry.getValue().asText());
    }
    return result;
  }
}
