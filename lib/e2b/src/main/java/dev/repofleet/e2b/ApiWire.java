package dev.repofleet.e2b;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
      @JsonProperty("autoPauseMemory") @Nullable Boolean autoPauseMemory,
      @JsonProperty("autoResume") @Nullable AutoResume autoResume,
      // Snake case among camel case: that is how the API spells it.
      @JsonProperty("allow_internet_access") @Nullable Boolean allowInternetAccess,
      @JsonProperty("network") @Nullable Network network,
      @JsonProperty("mcp") Map<String, Object> mcp) {

    static NewSandbox of(SandboxSpec spec) {
      SandboxLifecycle lifecycle = spec.lifecycle();
      SandboxNetwork network = spec.network();
      return new NewSandbox(
          spec.template(),
          Seconds.roundUp(spec.timeout()),
          spec.metadata(),
          spec.envVars(),
          lifecycle.pauses(),
          (lifecycle.pauses() && !lifecycle.keepMemory()) ? Boolean.FALSE : null,
          lifecycle.autoResume() ? new AutoResume(true) : null,
          spec.allowInternetAccess(),
          network == null ? null : Network.of(network),
          spec.mcp());
    }

    @Override
    public String toString() {
      return "NewSandbox[" + templateId + "]";
    }
  }

  /** Whether a request to a paused sandbox wakes it. */
  record AutoResume(@JsonProperty("enabled") boolean enabled) {}

  /** Of create; what is absent is left out. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Network(
      @JsonProperty("allowOut") List<String> allowOut,
      @JsonProperty("denyOut") List<String> denyOut,
      @JsonProperty("allowPublicTraffic") @Nullable Boolean allowPublicTraffic,
      @JsonProperty("maskRequestHost") @Nullable String maskRequestHost,
      @JsonProperty("rules") Map<String, List<Rule>> rules) {

    static Network of(SandboxNetwork network) {
      return new Network(
          network.allowOut(),
          network.denyOut(),
          network.allowPublicTraffic(),
          network.maskRequestHost(),
          headerRules(network));
    }

    @Override
    public String toString() {
      return "Network[" + rules.keySet() + "]";
    }
  }

  /** Body of {@code PUT /sandboxes/{id}/network}, which knows the outward half only. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Egress(
      @JsonProperty("allowOut") List<String> allowOut,
      @JsonProperty("denyOut") List<String> denyOut,
      @JsonProperty("rules") Map<String, List<Rule>> rules) {

    static Egress of(SandboxNetwork network) {
      return new Egress(network.allowOut(), network.denyOut(), headerRules(network));
    }

    @Override
    public String toString() {
      return "Egress[" + rules.keySet() + "]";
    }
  }

  private static Map<String, List<Rule>> headerRules(SandboxNetwork network) {
    Map<String, List<Rule>> rules = new TreeMap<>();
    network
        .headers()
        .forEach(
            (domain, headers) ->
                rules.put(domain, List.of(new Rule(new Transform(new TreeMap<>(headers))))));
    return rules;
  }

  /** What is done to each request to a domain. */
  record Rule(@JsonProperty("transform") Transform transform) {}

  /** Headers that are put in. */
  record Transform(@JsonProperty("headers") Map<String, String> headers) {
    @Override
    public String toString() {
      return "Transform[" + headers.keySet() + "]";
    }
  }

  /** Body of connect and set-timeout. */
  record Timeout(@JsonProperty("timeout") int timeoutSeconds) {}

  /** Body of refresh. */
  record Refresh(@JsonProperty("duration") int durationSeconds) {}

  /** Body of snapshot, which may not be absent even if it is empty. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record NewSnapshot(@JsonProperty("name") @Nullable String name) {}

  /** Answer of snapshot, and an element of their list. */
  record SnapshotInfo(
      @JsonProperty("snapshotID") @Nullable String snapshotId,
      @JsonProperty("names") @Nullable List<String> names) {

    Snapshot toSnapshot(String operation) {
      return new Snapshot(
          required(snapshotId, "snapshotID", operation), names == null ? List.of() : names);
    }
  }

  /** An element of metrics. */
  record Metric(
      @JsonProperty("timestamp") @Nullable Instant timestamp,
      @JsonProperty("timestampUnix") @Nullable Long timestampUnix,
      @JsonProperty("cpuCount") int cpuCount,
      @JsonProperty("cpuUsedPct") double cpuUsedPct,
      @JsonProperty("memUsed") long memUsed,
      @JsonProperty("memTotal") long memTotal,
      @JsonProperty("memCache") long memCache,
      @JsonProperty("diskUsed") long diskUsed,
      @JsonProperty("diskTotal") long diskTotal) {

    SandboxMetrics toMetrics(String operation) {
      Instant at =
          timestamp != null || timestampUnix == null
              ? required(timestamp, "timestamp", operation)
              : Instant.ofEpochSecond(timestampUnix);
      return new SandboxMetrics(
          at, cpuCount, cpuUsedPct, memUsed, memTotal, memCache, diskUsed, diskTotal);
    }
  }

  /** Answer of metrics of many sandboxes. */
  record MetricsOfMany(@JsonProperty("sandboxes") @Nullable Map<String, Metric> sandboxes) {}

  /** Answer of logs. */
  record Logs(@JsonProperty("logs") @Nullable List<Log> logs) {}

  /** A line of a log. */
  record Log(
      @JsonProperty("timestamp") @Nullable Instant timestamp,
      @JsonProperty("level") @Nullable String level,
      @JsonProperty("message") @Nullable String message,
      @JsonProperty("fields") @Nullable Map<String, JsonNode> fields) {

    LogEntry toEntry(String operation) {
      return new LogEntry(
          required(timestamp, "timestamp", operation),
          level == null ? "" : level,
          message == null ? "" : message,
          fields == null ? Map.of() : texts(fields));
    }

    /** Values are meant to be strings; what is another kind is shown as its JSON. */
    private static Map<String, String> texts(Map<String, JsonNode> fields) {
      Map<String, String> texts = new LinkedHashMap<>();
      fields.forEach(
          (name, value) -> texts.put(name, value.isTextual() ? value.asText() : value.toString()));
      return texts;
    }
  }

  /** Body of {@code POST /v3/templates}. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record NewTemplate(
      @JsonProperty("name") String name,
      @JsonProperty("tags") List<String> tags,
      @JsonProperty("cpuCount") @Nullable Integer cpuCount,
      @JsonProperty("memoryMB") @Nullable Integer memoryMb) {}

  /** Its answer. */
  record NewBuild(
      @JsonProperty("templateID") @Nullable String templateId,
      @JsonProperty("buildID") @Nullable String buildId,
      @JsonProperty("names") @Nullable List<String> names) {

    TemplateBuild toBuild(String operation) {
      return new TemplateBuild(
          required(templateId, "templateID", operation),
          required(buildId, "buildID", operation),
          names == null ? List.of() : names);
    }
  }

  /** Body of {@code POST /v2/templates/{id}/builds/{id}}; the steps may be none, not absent. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record BuildRequest(
      @JsonProperty("fromImage") @Nullable String fromImage,
      @JsonProperty("fromTemplate") @Nullable String fromTemplate,
      @JsonProperty("fromImageRegistry") @Nullable Registry registry,
      @JsonProperty("force") @Nullable Boolean force,
      @JsonProperty("steps") List<BuildStep> steps,
      @JsonProperty("startCmd") @Nullable String startCmd,
      @JsonProperty("readyCmd") @Nullable String readyCmd) {}

  /** Who may pull an image. */
  record Registry(
      @JsonProperty("type") String type,
      @JsonProperty("username") String username,
      @JsonProperty("password") String password) {
    @Override
    public String toString() {
      return "Registry[" + username + "]";
    }
  }

  /** A step of a build. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record BuildStep(
      @JsonProperty("type") String type,
      @JsonProperty("args") List<String> args,
      @JsonProperty("force") @Nullable Boolean force) {}

  /** Answer of a build's status. */
  record Build(
      @JsonProperty("status") @Nullable String status,
      @JsonProperty("logEntries") @Nullable List<Log> logEntries,
      @JsonProperty("reason") @Nullable BuildReason reason) {}

  /** Why a build failed. */
  record BuildReason(
      @JsonProperty("message") @Nullable String message,
      @JsonProperty("step") @Nullable String step) {}

  /** Body of pause; without memory the processes would be lost. */
  record Pause(boolean memory) {}

  /** Answer of create and connect. */
  record Handle(
      @JsonProperty("sandboxID") @Nullable String sandboxId,
      @JsonProperty("templateID") @Nullable String templateId,
      @JsonProperty("envdVersion") @Nullable String envdVersion,
      @JsonProperty("envdAccessToken") @Nullable String envdAccessToken,
      @JsonProperty("trafficAccessToken") @Nullable String trafficAccessToken,
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
