package dev.repofleet.workflows.client;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.encryption.PayloadEncryption;
import dev.repofleet.workflows.client.encryption.PayloadEncryptionException;
import dev.repofleet.workflows.client.encryption.PayloadKeys;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a Temporal server as {@code TEMPORAL_*} variables and profiles describe it, with
 * {@code 127.0.0.1:7233} and the namespace {@code default} for who set nothing. Payloads are
 * encrypted when {@link PayloadEncryption} finds keys. Thread-safe; the one who opened it closes
 * it.
 */
public final class TemporalConnection implements AutoCloseable {
  /** Long enough for a server that is just starting, short enough for a person to wait for. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:/]+):(\\d{1,5})");

  private static final int MAX_PORT = 65_535;

  private final WorkflowServiceStubs stubs;
  private final WorkflowClient client;
  private final String address;
  private final Optional<PayloadKeys> keys;

  private TemporalConnection(
      WorkflowServiceStubs stubs,
      WorkflowClient client,
      String address,
      Optional<PayloadKeys> keys) {
    this.stubs = stubs;
    this.client = client;
    this.address = address;
    this.keys = keys;
  }

  /**
   * Connects, and asks for the namespace so that a wrong address or key is known at once. Blocks
   * for five seconds at most.
   *
   * @param environment in place of the process's own, whose {@code TEMPORAL_*} variables count
   * @throws TemporalUnreachableException when the server does not answer or refuses
   */
  public static TemporalConnection open(Map<String, String> environment) {
    return open(environment, UnaryOperator.identity(), CONNECT_TIMEOUT);
  }

  /**
   * As {@link #open(Map)}, with a last word on the stubs, for metrics, and with more patience: a
   * part that stays may well be started before its server.
   */
  public static TemporalConnection open(
      Map<String, String> environment,
      UnaryOperator<WorkflowServiceStubsOptions.Builder> adjustment,
      Duration atMost) {
    ClientConfigProfile profile = profile(environment);
    requireAddress(profile.getAddress());
    Optional<PayloadKeys> keys = keys(environment);
    WorkflowServiceStubs stubs = stubs(profile, adjustment);
    WorkflowClientOptions clientOptions =
        WorkflowClientOptions.newBuilder(profile.toWorkflowClientOptions())
            .setDataConverter(PayloadEncryption.converter(keys))
            .validateAndBuildWithDefaults();
    String address = stubs.getOptions().getTarget();
    try {
      stubs
          .blockingStub()
          .withDeadlineAfter(atMost.toMillis(), TimeUnit.MILLISECONDS)
          .withWaitForReady()
          .describeNamespace(
              DescribeNamespaceRequest.newBuilder()
                  .setNamespace(clientOptions.getNamespace())
                  .build());
    } catch (StatusRuntimeException e) {
      stubs.shutdownNow();
      throw new TemporalUnreachableException(
          explain(address, clientOptions.getNamespace(), e.getStatus()), e);
    }
    return new TemporalConnection(
        stubs, WorkflowClient.newInstance(stubs, clientOptions), address, keys);
  }

  private static Optional<PayloadKeys> keys(Map<String, String> environment) {
    try {
      return PayloadEncryption.keys(environment);
    } catch (IllegalArgumentException e) {
      throw new TemporalUnreachableException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Else gRPC fails in threads of its own, and tells it on standard error. */
  private static void requireAddress(@Nullable String address) {
    if (address == null || address.isEmpty()) {
      return;
    }
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > MAX_PORT) {
      throw new TemporalUnreachableException(
          "TEMPORAL_ADDRESS is '" + address + "': write it as HOST:PORT, such as 127.0.0.1:7233",
          null);
    }
  }

  private static WorkflowServiceStubs stubs(
      ClientConfigProfile profile, UnaryOperator<WorkflowServiceStubsOptions.Builder> adjustment) {
    try {
      return WorkflowServiceStubs.newServiceStubs(
          adjustment
              .apply(
                  WorkflowServiceStubsOptions.newBuilder(profile.toWorkflowServiceStubsOptions()))
              .build());
    } catch (RuntimeException e) {
      // The message may name a file of a key, never what is in it.
      throw new TemporalUnreachableException(
          "the connection to Temporal can't be set up ("
              + e.getMessage()
              + "): check TEMPORAL_ADDRESS and TEMPORAL_TLS_*",
          e);
    }
  }

  private static ClientConfigProfile profile(Map<String, String> environment) {
    try {
      return ClientConfigProfile.load(
          LoadClientConfigProfileOptions.newBuilder().setEnvOverrides(environment).build());
    } catch (IOException | RuntimeException e) {
      // An empty profile file ends in a NullPointerException (observed, SDK 1.38). The message of a
      // parser may quote the file, and the file may hold a key.
      throw new TemporalUnreachableException(
          "Temporal's configuration can't be read; check TEMPORAL_CONFIG_FILE and TEMPORAL_PROFILE"
              + " ("
              + e.getClass().getSimpleName()
              + ")",
          e);
    }
  }

  private static String explain(String address, String namespace, Status status) {
    return switch (status.getCode()) {
      case NOT_FOUND ->
          "Temporal at " + address + " has no namespace " + namespace + ": set TEMPORAL_NAMESPACE";
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          "Temporal at "
              + address
              + " refuses the login for namespace "
              + namespace
              + ": check TEMPORAL_API_KEY or TEMPORAL_TLS_*";
      default ->
          "Temporal does not answer at "
              + address
              + " ("
              + status.getCode()
              + "): start it with `repofleet up`, add --local, or set TEMPORAL_ADDRESS";
    };
  }

  /** The client; usable until {@link #close}. */
  public WorkflowClient client() {
    return client;
  }

  /** Host and port. */
  public String address() {
    return address;
  }

  /** The namespace all calls go to. */
  public String namespace() {
    return client.getOptions().getNamespace();
  }

  /** The keys that payloads are encrypted with; nothing when they are not. */
  public Optional<PayloadKeys> keys() {
    return keys;
  }

  /**
   * Looks at the newest workflow of a fleet: whether it can be read with the keys of this process.
   * What was encrypted with keys that were since given up may still be unreadable.
   *
   * @return the id of the key that is missing; nothing also when the server tells of no workflow
   */
  public Optional<String> missingKey(Fleet fleet) {
    return new NewestPayload(client).keyOf(fleet).filter(this::isMissing);
  }

  /**
   * For who is about to give a fleet work, or to take some up: in a fleet that is encrypted, what
   * is written in plain is read by everybody, and a worker without the key fails what others could
   * do.
   *
   * @throws PayloadEncryptionException naming the key that is missing
   */
  public void requireKeys(Fleet fleet) {
    missingKey(fleet)
        .ifPresent(
            id -> {
              throw PayloadEncryptionException.unknown(id);
            });
  }

  private boolean isMissing(String id) {
    return keys.isEmpty() || keys.get().find(id).isEmpty();
  }

  /** Ends the connection within five seconds. Calls under way fail. */
  @Override
  public void close() {
    stubs.shutdown();
    if (!stubs.awaitTermination(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      stubs.shutdownNow();
    }
  }
}
