package dev.repofleet.e2b.local;

import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.e2b.local.simulated.Simulation;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a {@link LocalSandboxServer} is built from. Immutable; made by {@link #builder}. */
public final class LocalSandboxOptions {
  /** Sandboxes that may run at once unless said otherwise: E2B's smallest plan. */
  public static final int DEFAULT_QUOTA = 20;

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Path dataDirectory;
  private final Isolation isolation;
  private final Optional<Simulation> simulation;
  private final int port;
  private final String apiKey;
  private final int quota;
  private final OptionalDouble createRate;
  private final Map<String, String> environment;
  private final Map<String, String> hostEnvironment;

  private LocalSandboxOptions(Builder builder) {
    this.dataDirectory = builder.dataDirectory.toAbsolutePath().normalize();
    this.simulation = Optional.ofNullable(builder.simulation);
    this.isolation = simulation.isPresent() ? Isolation.simulated() : builder.realIsolation();
    this.port = builder.port;
    this.apiKey = builder.apiKey == null ? randomKey() : builder.apiKey;
    this.quota = builder.quota;
    this.createRate = builder.createRate;
    this.environment = Map.copyOf(builder.environment);
    this.hostEnvironment =
        Map.copyOf(builder.hostEnvironment == null ? System.getenv() : builder.hostEnvironment);
    if (isolation.kind() == Isolation.Kind.UNAVAILABLE) {
      throw new IllegalStateException(
          isolation.reason() + " Or choose Isolation.plain(), which isolates nothing.");
    }
  }

  /**
   * Starts a description of a server.
   *
   * @param dataDirectory where the sandboxes' file systems live; created when missing, private to
   *     one running server. Sandboxes that an earlier server left there are removed at start, its
   *     templates and snapshots are found again
   * @return a builder with every default set
   */
  public static Builder builder(Path dataDirectory) {
    return new Builder(dataDirectory);
  }

  /**
   * Where the sandboxes' file systems live.
   *
   * @return an absolute path
   */
  public Path dataDirectory() {
    return dataDirectory;
  }

  /**
   * How sandboxes are kept apart.
   *
   * @return never {@link Isolation.Kind#UNAVAILABLE}
   */
  public Isolation isolation() {
    return isolation;
  }

  /**
   * What simulated sandboxes hold.
   *
   * @return empty when sandboxes are real
   */
  public Optional<Simulation> simulation() {
    return simulation;
  }

  /**
   * The port asked for.
   *
   * @return 0 for any free one
   */
  public int port() {
    return port;
  }

  /**
   * The key that callers of the control plane must send. A secret.
   *
   * @return {@code e2b_} and 40 hexadecimal digits unless given
   */
  public String apiKey() {
    return apiKey;
  }

  /**
   * Sandboxes that may run at once; paused ones do not count.
   *
   * @return at least 1
   */
  public int quota() {
    return quota;
  }

  /**
   * Sandboxes that may be created a second.
   *
   * @return empty for no limit
   */
  public OptionalDouble createRate() {
    return createRate;
  }

  /**
   * Variables that every command in every sandbox gets.
   *
   * @return an immutable map
   */
  public Map<String, String> environment() {
    return environment;
  }

  /**
   * The host's variables by which tools are looked for ({@code PATH}, {@code REPOFLEET_CLAUDE}).
   *
   * @return an immutable map; it does not pass into sandboxes
   */
  public Map<String, String> hostEnvironment() {
    return hostEnvironment;
  }

  /** Names no key and no variable. */
  @Override
  public String toString() {
    return "LocalSandboxOptions[port=%d, isolation=%s, quota=%d, dataDirectory=%s]"
        .formatted(port, isolation.kind(), quota, dataDirectory);
  }

  private static String randomKey() {
    byte[] bytes = new byte[20];
    new SecureRandom().nextBytes(bytes);
    return "e2b_" + HexFormat.of().formatHex(bytes);
  }

  /** Collects the options of a server. Not thread-safe. */
  public static final class Builder {
    private final Path dataDirectory;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private @Nullable Isolation isolation;
    private @Nullable Simulation simulation;
    private int port;
    private @Nullable String apiKey;
    private int quota = DEFAULT_QUOTA;
    private OptionalDouble createRate = OptionalDouble.empty();
    private @Nullable Map<String, String> hostEnvironment;

    private Builder(Path dataDirectory) {
      this.dataDirectory = Objects.requireNonNull(dataDirectory, "dataDirectory");
    }

    /**
     * Sets how sandboxes are kept apart; default {@link Isolation#detect()}, and then {@link
     * #build()} fails where bubblewrap does not work.
     *
     * @param isolation what {@link Isolation#detect()} or {@link Isolation#plain()} gave
     * @return this
     */
    public Builder isolation(Isolation isolation) {
      this.isolation = Objects.requireNonNull(isolation, "isolation");
      return this;
    }

    private Isolation realIsolation() {
      return isolation == null ? Isolation.detect() : isolation;
    }

    /**
     * Makes sandboxes that exist in memory only, for load and fault tests: no process runs, nothing
     * of this host is read. The isolation does not matter then.
     *
     * @param simulation what they hold
     * @return this
     */
    public Builder simulate(Simulation simulation) {
      this.simulation = Objects.requireNonNull(simulation, "simulation");
      return this;
    }

    /**
     * Sets the port on 127.0.0.1.
     *
     * @param port 0 (default) for any free one, up to 65535
     * @return this
     */
    public Builder port(int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
      }
      this.port = port;
      return this;
    }

    /**
     * Sets the key; default is a random one.
     *
     * @param apiKey visible ASCII, at least 8 characters; E2B's own are {@code e2b_} and lower-case
     *     hexadecimal digits, which older SDKs insist on
     * @return this
     */
    public Builder apiKey(String apiKey) {
      if (!apiKey.matches("[\\x21-\\x7e]{8,}")) {
        throw new IllegalArgumentException(
            "the sandbox key must be at least 8 visible ASCII characters, like e2b_<hex>");
      }
      this.apiKey = apiKey;
      return this;
    }

    /**
     * Sets how many sandboxes may run at once.
     *
     * @param quota 1 to 10,000; default 20
     * @return this
     */
    public Builder quota(int quota) {
      if (quota < 1 || quota > 10_000) {
        throw new IllegalArgumentException("quota must be 1 to 10000 sandboxes, not " + quota);
      }
      this.quota = quota;
      return this;
    }

    /**
     * Sets how many sandboxes may be created a second; default is no limit.
     *
     * @param perSecond above 0, up to 1,000
     * @return this
     */
    public Builder createRate(double perSecond) {
      if (!(perSecond > 0 && perSecond <= 1000)) {
        throw new IllegalArgumentException(
            "createRate must be above 0 and at most 1000 a second, not " + perSecond);
      }
      this.createRate = OptionalDouble.of(perSecond);
      return this;
    }

    /**
     * Adds a variable that every command in every sandbox gets.
     *
     * @param name a shell identifier
     * @param value without NUL
     * @return this
     */
    public Builder environment(String name, String value) {
      if (!VARIABLE.matcher(name).matches() || value.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("not a variable for sandboxes: " + name);
      }
      environment.put(name, value);
      return this;
    }

    /**
     * Sets the variables by which tools are looked for; default {@link System#getenv()}.
     *
     * @param hostEnvironment at least PATH
     * @return this
     */
    public Builder hostEnvironment(Map<String, String> hostEnvironment) {
      this.hostEnvironment = Map.copyOf(hostEnvironment);
      return this;
    }

    /**
     * Builds the options.
     *
     * @return immutable options
     * @throws IllegalStateException if bubblewrap does not work here and {@link Isolation#plain()}
     *     was not chosen; the message says why and names the ways out
     */
    public LocalSandboxOptions build() {
      return new LocalSandboxOptions(this);
    }
  }
}
