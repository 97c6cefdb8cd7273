package dev.repofleet.e2b;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
      @JsonProperty("egressProxy") @Nullable Proxy egressProxy,
      @JsonProperty("httpsPorts") List<Integer> httpsPorts,
      @JsonProperty("rules") Map<String, List<Rule>> rules) {

    static Network of(SandboxNetwork network) {
      return new Network(
          network.allowOut(),
          network.denyOut(),
          network.allowPublicTraffic(),
          network.maskRequestHost(),
          Proxy.of(network.egressProxy()),
          network.httpsPorts(),
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
      @JsonProperty("egressProxy") @Nullable Proxy egressProxy,
      @JsonProperty("rules") Map<String, List<Rule>> rules) {

    static Egress of(SandboxNetwork network) {
      return new Egress(
          network.allowOut(),
          network.denyOut(),
          Proxy.of(network.egressProxy()),
          headerRules(network));
    }

    @Override
    public String toString() {
      return "Egress[" + rules.keySet() + "]";
    }
  }

  /** A SOCKS5 proxy; an answer has no password. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Proxy(
      @JsonProperty("address") @Nullable String address,
      @JsonProperty("username") @Nullable String username,
      @JsonProperty("password") @Nullable String password) {

    static @Nullable Proxy of(@Nullable EgressProxy proxy) {
      return proxy == null ? null : new Proxy(proxy.address(), proxy.username(), proxy.password());
    }

    @Override
    public String toString() {
      return "Proxy[" + address + "]";
    }
  }

  /** Of get; rules are read for their domains alone. */
  record ShownNetwork(
      @JsonProperty("allowOut") @Nullable List<String> allowOut,
      @JsonProperty("denyOut") @Nullable List<String> denyOut,
      @JsonProperty("rules") @Nullable Map<String, JsonNode> rules,
      @JsonProperty("egressProxy") @Nullable Proxy egressProxy,
      @JsonProperty("allowPublicTraffic") @Nullable Boolean allowPublicTraffic,
      @JsonProperty("maskRequestHost") @Nullable String maskRequestHost,
      @JsonProperty("httpsPorts") @Nullable List<Integer> httpsPorts) {

    NetworkInfo toInfo() {
      return new NetworkInfo(
          orEmpty(allowOut),
          orEmpty(denyOut),
          rules == null ? List.of() : List.copyOf(new TreeMap<>(rules).keySet()),
          egressProxy == null ? null : egressProxy.address(),
          allowPublicTraffic,
          maskRequestHost,
          orEmpty(httpsPorts));
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
      return list == null ? List.of() : list.stream().filter(Objects::nonNull).toList();
    }

    @Override
    public String toString() {
      return "ShownNetwork[]";
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

  /** Body of fork. */
  record NewForks(@JsonProperty("timeout") int timeoutSeconds, @JsonProperty("count") int count) {}

  /** An element of its answer: exactly one is set. */
  record ForkResult(
      @JsonProperty("sandbox") @Nullable Handle sandbox,
      @JsonProperty("error") @Nullable JsonNode error) {}

  /** An element of a team's metrics. */
  record TeamMetric(
      @JsonProperty("timestampUnix") @Nullable Long timestampUnix,
      @JsonProperty("concurrentSandboxes") int concurrentSandboxes,
      @JsonProperty("sandboxStartRate") double sandboxStartRate) {

    TeamLoad toLoad(String operation) {
      return new TeamLoad(
          instant(required(timestampUnix, "timestampUnix", operation), operation),
          concurrentSandboxes,
          sandboxStartRate);
    }
  }

  /** Answer of a team's highest value. */
  record TeamMaximum(
      @JsonProperty("timestampUnix") @Nullable Long timestampUnix,
      @JsonProperty("value") @Nullable Double value) {

    TeamPeak toPeak(String operation) {
      return new TeamPeak(
          instant(required(timestampUnix, "timestampUnix", operation), operation),
          required(value, "value", operation));
    }
  }

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
              : instant(timestampUnix, operation);
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

  /** Body of pause; without memory the processes are lost. */
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
      @JsonProperty("diskSizeMB") int diskSizeMb,
      @JsonProperty("network") @Nullable ShownNetwork network) {

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
          diskSizeMb,
          network == null ? null : network.toInfo());
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

  private static Instant instant(long epochSecond, String operation) {
    try {
      return Instant.ofEpochSecond(epochSecond);
    } catch (DateTimeException e) {
      throw new E2bProtocolException(
          "cannot %s: the answer has the time %d, which is none".formatted(operation, epochSecond),
          e);
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
