package dev.repofleet.starter.embedded;

import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an {@link EmbeddedStack} is built from. Immutable; made by {@link #builder}. */
public final class EmbeddedStackOptions {
  private final Map<String, String> environment;
  private final Path home;
  private final DataFolders folders;
  private final Fleet fleet;
  private final StackPorts ports;
  private final @Nullable AgentKind agent;
  private final boolean acceptLocalRisk;

  private EmbeddedStackOptions(Builder builder) {
    this.environment = Map.copyOf(builder.environment);
    this.home = builder.home;
    Path data = builder.data;
    this.folders =
        data == null
            ? DataFolders.of(environment, home)
            : DataFolders.withArtifacts(environment, data.toAbsolutePath().normalize());
    this.fleet = builder.fleet;
    this.ports = builder.ports;
    this.agent = builder.agent;
    this.acceptLocalRisk = builder.acceptLocalRisk;
  }

  /**
   * Starts a description of a stack.
   *
   * @param environment usually {@link System#getenv()}: where programs, folders, the model and E2B
   *     are looked up
   * @param home the person's home, where tools are cached
   */
  public static Builder builder(Map<String, String> environment, Path home) {
    return new Builder(environment, home);
  }

  Map<String, String> environment() {
    return environment;
  }

  Path home() {
    return home;
  }

  /** Where the stack's state lies, and where its artifacts. */
  public DataFolders folders() {
    return folders;
  }

  Fleet fleet() {
    return fleet;
  }

  StackPorts ports() {
    return ports;
  }

  /** Empty when it is not known yet which agent will be asked for. */
  Optional<AgentKind> agent() {
    return Optional.ofNullable(agent);
  }

  boolean acceptLocalRisk() {
    return acceptLocalRisk;
  }

  /** Collects options; not thread-safe. */
  public static final class Builder {
    private final Map<String, String> environment;
    private final Path home;
    private @Nullable Path data;
    private Fleet fleet = Fleet.DEFAULT;
    private StackPorts ports = StackPorts.FREE;
    private @Nullable AgentKind agent;
    private boolean acceptLocalRisk;

    private Builder(Map<String, String> environment, Path home) {
      this.environment = Map.copyOf(environment);
      this.home = Objects.requireNonNull(home, "home");
    }

    /** The data folder; default is that of {@link DataFolders#of}. */
    public Builder data(Path value) {
      data = Objects.requireNonNull(value, "data");
      return this;
    }

    /** Whose task queues the worker polls; default {@link Fleet#DEFAULT}. */
    public Builder fleet(Fleet value) {
      fleet = Objects.requireNonNull(value, "fleet");
      return this;
    }

    /** Default {@link StackPorts#FREE}. */
    public Builder ports(StackPorts value) {
      ports = Objects.requireNonNull(value, "ports");
      return this;
    }

    /**
     * The agent that will be asked for; it decides what local sandboxes must offer. Unset, the
     * stack starts with whatever there is and runs only what is safe there.
     */
    public Builder agent(AgentKind value) {
      agent = Objects.requireNonNull(value, "agent");
      return this;
    }

    /** Whether a real agent may run without isolation; default no. */
    public Builder acceptLocalRisk(boolean value) {
      acceptLocalRisk = value;
      return this;
    }

    /** Freezes. */
    public EmbeddedStackOptions build() {
      return new EmbeddedStackOptions(this);
    }
  }
}
