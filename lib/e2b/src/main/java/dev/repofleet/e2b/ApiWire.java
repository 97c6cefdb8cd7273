package dev.repofleet.e2b;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The control plane's JSON, field for field (E2B's OpenAPI document, section "sandboxes"). */
final class ApiWire {
  private ApiWire() {}

  /** Body of {@code POST /v2/sandboxes}; what is absent or empty is left out. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record NewSandbox(
      @JsonProperty("templateID") String templateId,
      @JsonProperty("timeout") int timeoutSeconds,
      @JsonProperty("metadata") Map<String, String> metadata,
      @JsonProperty("envVars") Map<String, String> envVars,
      @JsonProperty("autoPause") boolean autoPause,
      // Snake case among camel case: that is how the API spells it.
      @JsonProperty("allow_internet_access") @Nullable Boolean allowInternetAccess) {}

  /** Body of connect and set-timeout. */
  record Timeout(@JsonProperty("timeout") int timeoutSeconds) {}

  /** Body of pause; without memory the processes would be lost. */
  record Pause(boolean memory) {}

  /** Answer of create and connect. */
  record Handle(
      @JsonProperty("sandboxID") @Nullable String sandboxId,
      @JsonProperty("templateID") @Nullable String templateId,
      @JsonProperty("envdVersion") @Nullable String envdVersion,
      @JsonProperty("envdAccessToken") @Nullable String envdAccessToken,
      @JsonProperty("domain") @Nullable String domain) {

    @Override
    public String toString() {
      return "Handle[" + sandboxId + "]";
    }
  }

  /** Answer of get, and an element of list. */
  record Detail(
      @JsonProperty("sandboxID") @Nullable String sandboxId,
      @JsonProperty("templateID") @Nullable String templateId,
      @JsonProperty("alias") @Nullable String alias,
      @JsonProperty("state") @Nullable String state,
      @JsonProperty("startedAt") @Nullable Instant startedAt,
      @JsonProperty("endAt") @Nullable Instant endAt,
      @JsonProperty("metadata") @Nullable Map<String, String> metadata,
      @JsonProperty("envdVersion") @Nullable String envdVersion,
      @JsonProperty("cpuCount") int cpuCount,
      @JsonProperty("memoryMB") int memoryMb,
      @JsonProperty("diskSizeMB") int diskSizeMb) {

    SandboxInfo toInfo(String operation) {
      return new SandboxInfo(
          required(sandboxId, "sandboxID", operation),
          required(templateId, "templateID", operation),
          alias,
          state(operation),
          required(startedAt, "startedAt", operation),
          required(endAt, "endAt", operation),
          metadata == null ? Map.of() : metadata,
          envdVersion == null ? "" : envdVersion,
          cpuCount,
          memoryMb,
          diskSizeMb);
    }

    private SandboxState state(String operation) {
      String name = required(state, "state", operation);
      for (SandboxState known : SandboxState.values()) {
        if (known.wireName().equals(name)) {
          return known;
        }
      }
      throw new E2bProtocolException(
          "cannot %s: sandbox %s is in a state this client does not know"
              .formatted(operation, sandboxId),
          null);
    }
  }

  static <T> T required(@Nullable T value, String field, String operation) {
    if (value == null) {
      throw new E2bProtocolException(
          "cannot %s: the answer has no %s; does the URL lead to E2B?".formatted(operation, field),
          null);
    }
    return value;
  }
}
