package dev.repofleet.e2b;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What to create. Immutable; {@link #toString()} shows the names of environment variables and MCP
 * servers, never a value.
 *
 * <p>Every sandbox is a secured one: envd answers only who has the access token that its handle
 * holds. The API's second version, which this client speaks, knows no other.
 *
 * @param template id or name of a template or snapshot, default {@code base}, or {@code
 *     mcp-gateway} where MCP servers are named
 * @param timeout how long it lives, in wall-clock time from now, default 5 min; rounded up to
 *     seconds. Activity does not extend it. The plan bounds it: 1 h or 24 h
 * @param metadata labels, fixed for life; the only thing on a sandbox that can be searched for
 * @param envVars environment of every process in it; readable by all of them, so no place for
 *     secrets
 * @param lifecycle what happens when the time is over; default killed
 * @param allowInternetAccess null leaves the server's default, which is yes
 * @param network what may be reached and by whom; null leaves the server's default
 * @param mcp name → settings of the MCP servers behind the gateway, as E2B's catalogue describes
 *     them: values are strings, numbers, booleans, lists and maps. Empty means no gateway. See
 *     {@link McpGateway}
 */
public record SandboxSpec(
    String template,
    Duration timeout,
    Map<String, String> metadata,
    Map<String, String> envVars,
    SandboxLifecycle lifecycle,
    @Nullable Boolean allowInternetAccess,
    @Nullable SandboxNetwork network,
    Map<String, Object> mcp) {

  /** The official SDKs' default. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if the template is blank or the timeout is not positive
   */
  public SandboxSpec {
    if (template.isBlank()) {
      throw new IllegalArgumentException("the template of a sandbox must be named");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("a sandbox's timeout must be positive, not " + timeout);
    }
    metadata = Map.copyOf(metadata);
    envVars = Map.copyOf(envVars);
    Objects.requireNonNull(lifecycle, "lifecycle");
    mcp = Map.copyOf(mcp);
  }

  /** Whether it is paused, not killed, when its time is over. */
  public boolean autoPause() {
    return lifecycle.pauses();
  }

  /** A spec of the template {@code base} that lives 5 min. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String toString() {
    return "SandboxSpec[template=%s, timeout=%s, metadata=%s, envVars=%s, %s, %s, mcp=%s]"
        .formatted(
            template,
            timeout,
            metadata,
            new TreeSet<>(envVars.keySet()),
            lifecycle,
            network,
            new TreeSet<>(mcp.keySet()));
  }

  /** Collects a spec; not thread-safe. */
  public static final class Builder {
    private @Nullable String template;
    private Duration timeout = DEFAULT_TIMEOUT;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, String> envVars = new LinkedHashMap<>();
    private SandboxLifecycle lifecycle = SandboxLifecycle.KILLED;
    private @Nullable Boolean allowInternetAccess;
    private @Nullable SandboxNetwork network;
    private final Map<String, Object> mcp = new LinkedHashMap<>();

    private Builder() {}

    /** Id or name of the template. */
    public Builder template(String value) {
      this.template = Objects.requireNonNull(value, "template");
      return this;
    }

    /** How long it lives from now. */
    public Builder timeout(Duration value) {
      this.timeout = Objects.requireNonNull(value, "timeout");
      return this;
    }

    /** Adds a label. */
    public Builder metadata(String key, String value) {
      metadata.put(key, value);
      return this;
    }

    /** Adds labels. */
    public Builder metadata(Map<String, String> labels) {
      metadata.putAll(labels);
      return this;
    }

    /** Adds an environment variable for every process. */
    public Builder envVar(String name, String value) {
      envVars.put(name, value);
      return this;
    }

    /** Adds environment variables for every process. */
    public Builder envVars(Map<String, String> variables) {
      envVars.putAll(variables);
      return this;
    }

    /** What happens when the time is over. */
    public Builder lifecycle(SandboxLifecycle value) {
      this.lifecycle = Objects.requireNonNull(value, "lifecycle");
      return this;
    }

    /** True: pause, with memory, in place of kill when the time is over. */
    public Builder autoPause(boolean value) {
      return lifecycle(value ? SandboxLifecycle.PAUSED : SandboxLifecycle.KILLED);
    }

    /** False: nothing outside can be reached. */
    public Builder allowInternetAccess(boolean value) {
      this.allowInternetAccess = value;
      return this;
    }

    /** What may be reached, and who may come. */
    public Builder network(SandboxNetwork value) {
      this.network = Objects.requireNonNull(value, "network");
      return this;
    }

    /** Adds an MCP server for the gateway, which is then started with the sandbox. */
    public Builder mcp(String server, Map<String, Object> settings) {
      mcp.put(server, Map.copyOf(settings));
      return this;
    }

    /**
     * Checks and freezes.
     *
     * @throws IllegalArgumentException if the template is blank or the timeout is not positive
     */
    public SandboxSpec build() {
      String fallback = mcp.isEmpty() ? "base" : McpGateway.TEMPLATE;
      return new SandboxSpec(
          template == null ? fallback : template,
          timeout,
          metadata,
          envVars,
          lifecycle,
          allowInternetAccess,
          network,
          mcp);
    }
  }
}
