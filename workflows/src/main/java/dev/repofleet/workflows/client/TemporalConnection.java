package dev.repofleet.workflows.client;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.encryption.PayloadEncryption;
import dev.repofleet.workflows.client.encryption.PayloadEncryptionException;
import dev.repofleet.workflows.client.encryption.PayloadKeys;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * A connection to a Temporal server as {@code TEMPORAL_*} variables and profiles describe it, with
 * {@code 127.0.0.1:7233} and the namespace {@code default} for who set nothing. Payloads are
 * encrypted when {@link PayloadEncryption} finds keys. Thread-safe; the one who opened it closes
 * it.
 */
public final class TemporalConnection implements AutoCloseable {
  /**
   * For a server that takes the connection and is silent. A first call by TLS took six seconds of a
   * program that had just started on a machine that was busy with others.
   */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** Between two attempts of who has patience: gRPC itself waits longer before it dials again. */
  private static final Duration PAUSE = Duration.ofMillis(250);

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
   * for 15 seconds at most, and for no time where nobody listens.
   *
   * @param environment in place of the process's own, whose {@code TEMPORAL_*} variables count
   * @throws TemporalUnreachableException when the server does not answer or refuses
   */
  public static TemporalConnection open(Map<String, String> environment) {
    return open(environment, UnaryOperator.identity(), Duration.ZERO);
  }

  /**
   * As {@link #open(Map)}, with a last word on the stubs, for metrics, and with patience: a part
   * that stays may well be started before its server. Who is refused is told at once.
   *
   * @param patience for how long a server that does not answer is asked again
   */
  public static TemporalConnection open(
      Map<String, String> environment,
      UnaryOperator<WorkflowServiceStubsOptions.Builder> adjustment,
      Duration patience) {
    ClientConfigProfile profile = TemporalProfile.load(environment);
    Optional<PayloadKeys> keys = keys(environment);
    WorkflowServiceStubs stubs = stubs(profile, adjustment);
    WorkflowClientOptions clientOptions =
        WorkflowClientOptions.newBuilder(profile.toWorkflowClientOptions())
            .setDataConverter(PayloadEncryption.converter(keys))
            .validateAndBuildWithDefaults();
    String address = stubs.getOptions().getTarget();
    String namespace = clientOptions.getNamespace();
    try {
      greet(stubs, namespace, new RefusedConnection(profile, address, namespace), patience);
    } catch (TemporalUnreachableException e) {
      stubs.shutdownNow();
      throw e;
    }
    return new TemporalConnection(
        stubs, WorkflowClient.newInstance(stubs, clientOptions), address, keys);
  }

  /**
   * The namespace that {@link #open(Map)} would use, and where; connects to nothing.
   *
   * @throws TemporalUnreachableException when what is set is no good
   */
  public static Place place(Map<String, String> environment) {
    ClientConfigProfile profile = TemporalProfile.load(environment);
    return new Place(
        Objects.requireNonNullElse(profile.getAddress(), "127.0.0.1:7233"),
        Objects.requireNonNullElse(profile.getNamespace(), "default"));
  }

  /**
   * Where a namespace is.
   *
   * @param address host and port
   */
  public record Place(String address, String namespace) {}

  /** Not by gRPC's waiting for a server: the SDK asks for its version first, and does not wait. */
  private static void greet(
      WorkflowServiceStubs stubs, String namespace, RefusedConnection refused, Duration patience) {
    DescribeNamespaceRequest question =
        DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build();
    long begin = System.nanoTime();
    while (true) {
      try {
        stubs
            .blockingStub()
            .withDeadlineAfter(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .describeNamespace(question);
        return;
      } catch (StatusRuntimeException e) {
        TemporalUnreachableException explained = refused.explain(e);
        boolean over = System.nanoTime() - begin >= patience.toNanos();
        if (over || !explained.isAbsent() || Thread.currentThread().isInterrupted()) {
          throw explained;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private static Optional<PayloadKeys> keys(Map<String, String> environment) {
    try {
      return PayloadEncryption.keys(environment);
    } catch (IllegalArgumentException e) {
      throw new TemporalUnreachableException(
          String.valueOf(e.getMessage()), "docs/encryption.md tells of keys", e);
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
          "the connection to Temporal can't be set up (" + e.getMessage() + ")",
          "check TEMPORAL_ADDRESS and TEMPORAL_TLS_*",
          e);
    }
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
   * @return why it can't; nothing also when the server tells of no workflow
   */
  public Optional<PayloadEncryptionException> refusal(Fleet fleet) {
    return new NewestPayload(client)
        .of(fleet)
        .flatMap(payload -> PayloadEncryption.refusal(payload, keys));
  }

  /**
   * For who is about to give a fleet work, or to take some up: in a fleet that is encrypted, what
   * is written in plain is read by everybody, and a worker without the key fails what others could
   * do.
   *
   * @throws PayloadEncryptionException naming the key that is missing, or is another one here
   */
  public void requireKeys(Fleet fleet) {
    refusal(fleet)
        .ifPresent(
            refusal -> {
              throw refusal;
            });
  }

  /** Ends the connection within five seconds. Calls under way fail. */
  @Override
  public void close() {
    stubs.shutdown();
    if (!stubs.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      stubs.shutdownNow();
    }
  }
}
