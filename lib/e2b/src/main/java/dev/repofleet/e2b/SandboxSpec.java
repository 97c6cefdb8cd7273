package dev.repofleet.e2b;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What to create. Immutable; {@link #toString()} shows the names of environment variables, never a
 * value.
 *
 * @param template id or name of a template, default {@code base}
 * @param timeout how long it lives, in wall-clock time from now, default 5 min; rounded up to
 *     seconds. Activity does not extend it. The plan bounds it: 1 h or 24 h
 * @param metadata labels, fixed for life; the only thing on a sandbox that can be searched for
 * @param envVars environment of every process in it; readable by all of them, so no place for
 *     secrets
 * @param autoPause true: paused when the time is over; false: killed. Can't be changed later
 * @param allowInternetAccess null leaves the server's default, which is yes
 */
public record SandboxSpec(
    String template,
    Duration timeout,
    Map<String, String> metadata,
    Map<String, String> envVars,
    boolean autoPause,
    @Nullable Boolean allowInternetAccess) {

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
  }

  /** A spec of the template {@code base} that lives 5 min. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String toString() {
    return "SandboxSpec[template=%s, timeout=%s, metadata=%s, envVars=%s, autoPause=%s]"
        .formatted(template, timeout, metadata, new TreeSet<>(envVars.keySet()), autoPause);
  }

  /** Collects a spec; not thread-safe. */
  public static final class Builder {
    private String template = "base";
    private Duration timeout = DEFAULT_TIMEOUT;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, String> envVars = new LinkedHashMap<>();
    private boolean autoPause;
    private @Nullable Boolean allowInternetAccess;

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

    /** True: pause in place of kill when the time is over. */
    public Builder autoPause(boolean value) {
      this.autoPause = value;
      return this;
    }

    /** False: nothing outside can be reached. */
    public Builder allowInternetAccess(boolean value) {
      this.allowInternetAccess = value;
      return this;
    }

    /**
     * Checks and freezes.
     *
     * @throws IllegalArgumentException if the template is blank or the timeout is not positive
     */
    public SandboxSpec build() {
      return new SandboxSpec(template, timeout, metadata, envVars, autoPause, allowInternetAccess);
    }
  }
}
