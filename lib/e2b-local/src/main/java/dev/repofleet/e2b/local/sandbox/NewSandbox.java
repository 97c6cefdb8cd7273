package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Wire;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A create request. Fields without a meaning on one machine (mcp, volumeMounts, iam, …) are
 * ignored, as E2B's own server starts nothing for {@code mcp} either.
 *
 * @param secure whether envd asks for the access token; only the older create call can say no
 */
public record NewSandbox(
    String template,
    Duration timeout,
    Map<String, String> metadata,
    Map<String, String> variables,
    Lifecycle lifecycle,
    NetworkRules network,
    boolean secure) {
  /** The longest life of a sandbox: that of E2B's larger plan. */
  static final Duration MAXIMUM_LIFETIME = Duration.ofHours(24);

  private static final Duration V1_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration V2_TIMEOUT = Duration.ofMinutes(5);

  public NewSandbox {
    metadata = Map.copyOf(metadata);
    variables = Map.copyOf(variables);
  }

  public static NewSandbox of(ObjectNode body, boolean v2) {
    String template = body.path("templateID").asText("");
    if (template.isEmpty()) {
      throw ApiException.of(400, "templateID is required");
    }
    Duration timeout =
        body.hasNonNull("timeout") ? seconds(body.get("timeout")) : v2 ? V2_TIMEOUT : V1_TIMEOUT;
    return new NewSandbox(
        template,
        checked(timeout),
        strings(body, "metadata"),
        strings(body, "envVars"),
        Lifecycle.of(body),
        NetworkRules.of(body),
        v2 || body.path("secure").asBoolean(true));
  }

  /** A copy of a sandbox: with its settings, from a template that holds its files. */
  public NewSandbox copy(String files, Duration life) {
    return new NewSandbox(files, checked(life), metadata, variables, lifecycle, network, secure);
  }

  /** The same with other rules. */
  NewSandbox with(NetworkRules rules) {
    return new NewSandbox(template, timeout, metadata, variables, lifecycle, rules, secure);
  }

  /** As the body of a create that asks for the same, of the first generation. */
  ObjectNode body() {
    ObjectNode body = Wire.object().put("templateID", template).put("timeout", timeout.toSeconds());
    ObjectNode labels = body.putObject("metadata");
    metadata.forEach(labels::put);
    ObjectNode values = body.putObject("envVars");
    variables.forEach(values::put);
    lifecycle.writeTo(body);
    network.writeTo(body);
    return body.put("secure", secure);
  }

  private static Duration checked(Duration timeout) {
    if (timeout.isZero()) {
      throw ApiException.of(400, "Timeout must be greater than 0");
    }
    if (timeout.compareTo(MAXIMUM_LIFETIME) > 0) {
      throw ApiException.of(
          400, "Timeout cannot be greater than %d hours".formatted(MAXIMUM_LIFETIME.toHours()));
    }
    return timeout;
  }

  /** A number of seconds, 0 or more. */
  public static Duration seconds(JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 0) {
      throw ApiException.of(400, "timeout must be a number of seconds, 0 or more");
    }
    return Duration.ofSeconds(value.asInt());
  }

  static Map<String, String> strings(ObjectNode body, String name) {
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
