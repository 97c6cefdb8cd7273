package dev.repofleet.worker.sandbox;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bInterruptedException;
import dev.repofleet.e2b.E2bProtocolException;
import dev.repofleet.e2b.E2bStatusException;
import dev.repofleet.e2b.E2bTransportException;
import dev.repofleet.e2b.RateLimitedException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.workflows.Cause;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Creates sandboxes for activities. Thread-safe.
 *
 * <p>A create can't be repeated blindly: E2B has no idempotency key. So every sandbox carries its
 * lease as a label, and whoever can't know that none was created looks by {@link #ofLease} first.
 */
public final class SandboxCreation {
  /**
   * Until first contact. A create whose answer was lost pauses after this long and costs nothing
   * more.
   */
  static final Duration UNCLAIMED = Duration.ofMinutes(2);

  /** Listing lags behind creating; after this long a lost create shows up. */
  public static final Duration SHOWS_UP = Duration.ofSeconds(5);

  private static final int NOT_FOUND = 404;
  private static final int SERVER_ERROR = 500;

  private final E2bClient client;
  private final PoolLink pools;
  private final FleetMetrics metrics;
  private final LateSandboxes late;

  /** Works through {@code client}, which stays its owner's to close. */
  public SandboxCreation(E2bClient client, PoolLink pools, FleetMetrics metrics) {
    this.client = client;
    this.pools = pools;
    this.metrics = metrics;
    this.late = new LateSandboxes(client, UNCLAIMED, SHOWS_UP);
  }

  /**
   * What is wanted.
   *
   * @param leaseId the label it is found by
   * @param workflowId of the review; absent when it is for none yet
   */
  public record Order(String fleet, String leaseId, String template, @Nullable String workflowId) {
    public Order {
      Objects.requireNonNull(fleet, "fleet");
      Objects.requireNonNull(leaseId, "leaseId");
      Objects.requireNonNull(template, "template");
    }
  }

  /**
   * Creates one, which lives for two minutes until somebody connects. An attempt that was given up
   * meanwhile leaves none behind.
   *
   * @throws ApplicationFailure as {@link #refused} when E2B refuses for now
   * @throws E2bException when it fails, or its answer does not come; then one may exist
   */
  public Sandbox create(Order order, ActivityExecutionContext context) {
    ActivityInfo attempt = context.getInfo();
    SandboxSpec spec =
        SandboxSpec.builder()
            .template(order.template())
            .timeout(UNCLAIMED)
            .autoPause(true)
            .metadata(SandboxLabels.ofNew(order, attempt, pools.namespaceId().orElse(null)))
            .build();
    Sandbox sandbox;
    try {
      sandbox = client.create(spec);
    } catch (RateLimitedException e) {
      throw refused(e, order.leaseId());
    } catch (E2bStatusException e) {
      if (e.status() != NOT_FOUND) {
        throw e;
      }
      throw FailureMapper.failure(
          Cause.INTERNAL,
          "E2B has no template \"" + order.template() + "\": name another in the plan, or build it",
          e);
    }
    if (LateSandboxes.givenUp(context)) {
      late.delete(sandbox.sandboxId());
      throw FailureMapper.passing(
          Cause.INTERNAL, "lease " + order.leaseId() + " is another attempt's now", null);
    }
    return sandbox;
  }

  /**
   * E2B gives no sandbox now: the permit goes back, and the pool decides when to try again. So the
   * activity ends at once, with the seconds E2B asked for as details where it named any.
   */
  public ApplicationFailure refused(RateLimitedException e, String leaseId) {
    Cause cause = e.isQuota() ? Cause.SANDBOX_QUOTA : Cause.SANDBOX_CREATE_RATE;
    metrics.sandboxRefused(cause);
    return FailureMapper.refusal(
        cause, "no sandbox for lease " + leaseId + ": " + e.getMessage(), e, seconds(e));
  }

  private static @Nullable Long seconds(RateLimitedException e) {
    return e.retryAfter().map(Duration::toSeconds).orElse(null);
  }

  /** Those with the lease's label, running and paused, oldest first. */
  public List<SandboxInfo> ofLease(String fleet, String leaseId) {
    return client
        .list(SandboxQuery.builder().metadata(SandboxLabels.ofLease(fleet, leaseId)).build())
        .stream()
        .sorted(Comparator.comparing(SandboxInfo::startedAt).thenComparing(SandboxInfo::sandboxId))
        .toList();
  }

  /**
   * What a failed attempt ends with. Where a sandbox may exist, an attempt that was given up looks
   * for it and deletes it, and the next one comes once lists show it.
   */
  public ApplicationFailure failed(E2bException e, Order order, ActivityExecutionContext context) {
    if (FailureMapper.refusesTheKey(e)) {
      metrics.e2bKeyRefused();
    }
    ApplicationFailure mapped = FailureMapper.map(e, "no sandbox for lease " + order.leaseId());
    if (!mayExist(e)) {
      return mapped;
    }
    if (LateSandboxes.givenUp(context)) {
      deleteLate(order, context.getInfo());
    }
    return FailureMapper.failure(
        Cause.of(mapped.getType()), mapped.getOriginalMessage(), e, SHOWS_UP);
  }

  private static boolean mayExist(E2bException e) {
    return (e instanceof E2bTransportException transport && transport.mayHaveBeenAccepted())
        || e instanceof E2bProtocolException
        || e instanceof E2bInterruptedException
        || (e instanceof E2bStatusException status && status.status() >= SERVER_ERROR);
  }

  private void deleteLate(Order order, ActivityInfo attempt) {
    try {
      late.deleteAll(SandboxLabels.ofAttempt(order.fleet(), order.leaseId(), attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
