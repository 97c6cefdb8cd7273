package dev.repofleet.e2b;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which sandboxes to list: every label must match exactly, any of the states.
 *
 * @param states the wanted states; empty means both
 * @param metadata labels a sandbox must carry; empty means all sandboxes of the key's team
 */
public record SandboxQuery(Set<SandboxState> states, Map<String, String> metadata) {

  /** Copies both. */
  public SandboxQuery {
    states = Set.copyOf(states);
    metadata = Map.copyOf(metadata);
  }

  /** Every sandbox, running and paused. */
  public static SandboxQuery all() {
    return builder().build();
  }

  /** A query for all, to be narrowed. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects a query; not thread-safe. */
  public static final class Builder {
    private final Set<SandboxState> states = EnumSet.noneOf(SandboxState.class);
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private Builder() {}

    /** Adds a wanted state. */
    public Builder state(SandboxState state) {
      states.add(state);
      return this;
    }

    /** Adds a label that must match. */
    public Builder metadata(String key, String value) {
      metadata.put(key, value);
      return this;
    }

    /** Adds labels that must all match. */
    public Builder metadata(Map<String, String> labels) {
      metadata.putAll(labels);
      return this;
    }

    /** The query. */
    public SandboxQuery build() {
      return new SandboxQuery(states, metadata);
    }
  }
}
