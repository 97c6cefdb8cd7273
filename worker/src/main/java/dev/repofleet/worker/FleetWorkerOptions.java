package dev.repofleet.worker;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.S3ArtifactStore;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.worker.forge.GitHubLogin;
import dev.repofleet.worker.forge.GitLabServer;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.retention.Retention;
import dev.repofleet.worker.secrets.AgentEnvironment;
import dev.repofleet.worker.webhook.Webhook;
import dev.repofleet.workflows.Fleet;
import io.temporal.client.WorkflowClient;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a worker is set up. Immutable.
 *
 * @param fleet whose task queues it polls
 * @param client of the Temporal server; stays its owner's to close
 * @param e2b where sandboxes come from
 * @param store of artifacts
 * @param environment in which models' and Git hosts' settings are looked up
 * @param concurrency most agent runs followed at once, 1 to 5,000
 * @param metricsPort of {@code /metrics}, {@code /healthz} and {@code /readyz} on loopback; 0 any
 *     free one, -1 none
 * @param metricsHost address to listen on
 * @param metrics that the client was instrumented with
 */
public record FleetWorkerOptions(
    Fleet fleet,
    WorkflowClient client,
    E2bOptions e2b,
    ArtifactStore store,
    Map<String, String> environment,
    int concurrency,
    int metricsPort,
    String metricsHost,
    FleetMetrics metrics) {

  private static final String STORE_KEY = "REPOFLEET_S3_ACCESS_KEY_ID";

  /** Enough for one small machine's share; a follower costs little. */
  public static final int DEFAULT_CONCURRENCY = 100;

  public FleetWorkerOptions {
    environment = Map.copyOf(environment);
    if (concurrency < 1 || concurrency > 5000) {
      throw new IllegalArgumentException("a worker's concurrency is 1 to 5000, not " + concurrency);
    }
    if (metricsPort < -1 || metricsPort > 65535) {
      throw new IllegalArgumentException("no port is numbered " + metricsPort);
    }
    // A bad value must not be found out when something would be deleted, told or cloned.
    Retention.of(environment);
    Webhook.of(environment);
    WorkerVersions.of(environment);
    GitHubLogin.of(environment, Clock.systemUTC());
    GitLabServer.of(environment);
    if (store instanceof S3ArtifactStore
        && new AgentEnvironment(environment).sharesAwsKey()
        && environment.getOrDefault(STORE_KEY, "").isBlank()) {
      throw new IllegalArgumentException(
          "agents that use Bedrock would get the AWS key that opens the artifact store: set "
              + STORE_KEY
              + " and REPOFLEET_S3_SECRET_ACCESS_KEY to keys for the store alone");
    }
  }

  /** For the default fleet, without a metrics port. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects options; not thread-safe. */
  public static final class Builder {
    private Fleet fleet = Fleet.DEFAULT;
    private @Nullable WorkflowClient client;
    private @Nullable E2bOptions e2b;
    private @Nullable ArtifactStore store;
    private Map<String, String> environment = Map.of();
    private int concurrency = DEFAULT_CONCURRENCY;
    private int metricsPort = -1;
    private String metricsHost = "127.0.0.1";
    private @Nullable FleetMetrics metrics;

    private Builder() {}

    /** Whose task queues it polls. */
    public Builder fleet(Fleet value) {
      fleet = value;
      return this;
    }

    /** Connection to Temporal; required. */
    public Builder client(WorkflowClient value) {
      client = value;
      return this;
    }

    /** Where sandboxes come from; required. */
    public Builder e2b(E2bOptions value) {
      e2b = value;
      return this;
    }

    /** Of artifacts; required. */
    public Builder store(ArtifactStore value) {
      store = value;
      return this;
    }

    /** Where settings are looked up. */
    public Builder environment(Map<String, String> value) {
      environment = value;
      return this;
    }

    /** Most runs followed at once. */
    public Builder concurrency(int value) {
      concurrency = value;
      return this;
    }

    /** 0 any free one, -1 none. */
    public Builder metricsPort(int value) {
      metricsPort = value;
      return this;
    }

    /** Address to listen on; loopback unless told. */
    public Builder metricsHost(String value) {
      metricsHost = value;
      return this;
    }

    /** Those the client was instrumented with; fresh ones unless told. */
    public Builder metrics(FleetMetrics value) {
      metrics = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws NullPointerException naming what is missing
     */
    public FleetWorkerOptions build() {
      return new FleetWorkerOptions(
          fleet,
          Objects.requireNonNull(client, "client"),
          Objects.requireNonNull(e2b, "e2b"),
          Objects.requireNonNull(store, "store"),
          environment,
          concurrency,
          metricsPort,
          metricsHost,
          metrics == null ? new FleetMetrics() : metrics);
    }
  }
}
