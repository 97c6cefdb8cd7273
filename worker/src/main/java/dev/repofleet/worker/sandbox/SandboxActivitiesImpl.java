package dev.repofleet.worker.sandbox;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bStatusException;
import dev.repofleet.e2b.E2bTransportException;
import dev.repofleet.e2b.RateLimitedException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxNotFoundException;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.worker.FailureMapper;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.LeaseInput;
import dev.repofleet.workflows.activities.LeaseOutcome;
import dev.repofleet.workflows.activities.PauseInput;
import dev.repofleet.workflows.activities.PauseOutcome;
import dev.repofleet.workflows.activities.PrepareInput;
import dev.repofleet.workflows.activities.PrepareOutcome;
import dev.repofleet.workflows.activities.ReleaseInput;
import dev.repofleet.workflows.activities.ReleaseOutcome;
import dev.repofleet.workflows.activities.SandboxActivities;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases, prepares and releases sandboxes. Thread-safe.
 *
 * <p>A create can't be repeated blindly: E2B has no idempotency key. So every sandbox carries its
 * lease as metadata, and an attempt after the first looks before it creates.
 */
public final class SandboxActivitiesImpl implements SandboxActivities {
  private static final Logger log = LoggerFactory.getLogger(SandboxActivitiesImpl.class);

  /**
   * Until first contact. A create whose answer was lost pauses after this long and costs nothing
   * more.
   */
  private static final Duration UNCLAIMED = Duration.ofMinutes(2);

  /** Listing lags behind creating; after this long a lost create shows up. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  /** Metadata: the workflow whose sandbox it is, so that what a terminated one left is found. */
  public static final String WORKFLOW = "workflow";

  /** Metadata: the workflow's run. */
  private static final String RUN = "run";

  private static final int ATTEMPTS = 10;
  private static final int NOT_FOUND = 404;

  private final E2bClient client;
  private final SandboxConnections connections;
  private final SandboxPreparation preparation;
  private final LateSandboxes late;

  /** Works through {@code client}, which stays its owner's to close. */
  public SandboxActivitiesImpl(
      E2bClient client, SandboxConnections connections, SandboxPreparation preparation) {
    this.client = client;
    this.connections = connections;
    this.preparation = preparation;
    this.late = new LateSandboxes(client, UNCLAIMED, LOOK_AGAIN);
  }

  @Override
  public LeaseOutcome lease(LeaseInput input) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    int attempt = context.getInfo().getAttempt();
    int failures = failures(context);
    try {
      return attempt == 1 && !isReset(input, context)
          ? create(input, context)
          : findOrCreate(input, context);
    } catch (RateLimitedException e) {
      throw FailureMapper.map(e, "no sandbox for lease " + input.leaseId());
    } catch (E2bException e) {
      if (mayExist(e) && LateSandboxes.givenUp(context, failures + 1)) {
        deleteLate(input, context.getInfo());
      }
      // Waiting for the quota has no end, so the attempts Temporal counts are not the ones that
      // failed: those are handed on in the heartbeat details.
      if (failures + 1 >= ATTEMPTS) {
        throw FailureMapper.failure(
            Cause.INTERNAL,
            "no sandbox after " + ATTEMPTS + " failed attempts: " + e.getMessage(),
            e);
      }
      context.heartbeat(failures + 1);
      throw again(e, input.leaseId());
    }
  }

  private static int failures(ActivityExecutionContext context) {
    return context.getHeartbeatDetails(Integer.class).orElse(0);
  }

  private static ApplicationFailure again(E2bException e, String leaseId) {
    ApplicationFailure mapped = FailureMapper.map(e, "no sandbox for lease " + leaseId);
    return mayExist(e)
        ? FailureMapper.failure(
            Cause.of(mapped.getType()), mapped.getOriginalMessage(), e, LOOK_AGAIN)
        : mapped;
  }

  private static boolean mayExist(E2bException e) {
    return (e instanceof E2bTransportException transport && transport.mayHaveBeenAccepted())
        || (e instanceof E2bStatusException status && status.status() >= 500);
  }

  private void deleteLate(LeaseInput input, ActivityInfo attempt) {
    try {
      late.deleteAll(labels(input, attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A review that was reset asks for its lease anew, and may have left the sandbox of before. */
  private static boolean isReset(LeaseInput input, ActivityExecutionContext context) {
    return !input.leaseId().contains(context.getInfo().getWorkflowRunId());
  }

  private LeaseOutcome findOrCreate(LeaseInput input, ActivityExecutionContext context) {
    ActivityInfo attempt = context.getInfo();
    List<SandboxInfo> found = new ArrayList<>();
    for (SandboxInfo one : leased(input.fleet(), input.leaseId())) {
      if (attempt.getWorkflowRunId().equals(one.metadata().get(RUN))) {
        found.add(one);
      } else {
        // An agent of the run before the Reset may be at work there; nobody follows it any more.
        log.info("Lease {}: deleting {}, left by a Reset", input.leaseId(), one.sandboxId());
        client.kill(one.sandboxId());
      }
    }
    if (found.isEmpty()) {
      return create(input, context);
    }
    for (SandboxInfo extra : found.subList(1, found.size())) {
      log.warn("Lease {} has a second sandbox {}: deleting it", input.leaseId(), extra.sandboxId());
      client.kill(extra.sandboxId());
    }
    SandboxInfo kept = found.get(0);
    SandboxConnections.connect(client, kept.sandboxId(), input.sandboxTime());
    return new LeaseOutcome(kept.sandboxId(), kept.envdVersion());
  }

  private LeaseOutcome create(LeaseInput input, ActivityExecutionContext context) {
    SandboxSpec.Builder spec =
        SandboxSpec.builder()
            .template(input.template())
            .timeout(UNCLAIMED)
            .autoPause(true)
            .metadata(labels(input, context.getInfo()));
    if (input.workflowId() != null) {
      spec.metadata(WORKFLOW, input.workflowId());
    }
    Sandbox sandbox;
    try {
      sandbox = client.create(spec.build());
    } catch (E2bStatusException e) {
      if (e.status() != NOT_FOUND) {
        throw e;
      }
      throw FailureMapper.failure(
          Cause.INTERNAL,
          "E2B has no template \"" + input.template() + "\": name another in the plan, or build it",
          e);
    }
    if (LateSandboxes.givenUp(context, failures(context))) {
      late.delete(sandbox.sandboxId());
      throw FailureMapper.passing(
          Cause.INTERNAL, "lease " + input.leaseId() + " is another attempt's now", null);
    }
    SandboxConnections.connect(client, sandbox.sandboxId(), input.sandboxTime());
    return new LeaseOutcome(sandbox.sandboxId(), sandbox.envdVersion());
  }

  /** Oldest first. */
  private List<SandboxInfo> leased(String fleet, String leaseId) {
    return client.list(SandboxQuery.builder().metadata(labels(fleet, leaseId)).build()).stream()
        .sorted(Comparator.comparing(SandboxInfo::startedAt).thenComparing(SandboxInfo::sandboxId))
        .toList();
  }

  private static Map<String, String> labels(String fleet, String leaseId) {
    return Map.of("fleet", fleet, "lease", leaseId);
  }

  /** What one attempt creates is told from what others of the same lease do. */
  private static Map<String, String> labels(LeaseInput input, ActivityInfo attempt) {
    Map<String, String> labels = new HashMap<>(labels(input.fleet(), input.leaseId()));
    labels.put("attempt", Integer.toString(attempt.getAttempt()));
    labels.put(RUN, attempt.getWorkflowRunId());
    return labels;
  }

  @Override
  public PrepareOutcome prepare(PrepareInput input) {
    Sandbox sandbox = connections.connect(input.sandboxId());
    try {
      return preparation.prepare(sandbox, input);
    } catch (E2bException e) {
      throw FailureMapper.map(e, "sandbox " + input.sandboxId() + " can't be prepared");
    }
  }

  @Override
  public PauseOutcome pause(PauseInput input) {
    try {
      client.pause(input.sandboxId());
      return new PauseOutcome(true);
    } catch (SandboxNotFoundException e) {
      return new PauseOutcome(false);
    } catch (E2bException e) {
      throw FailureMapper.map(e, "sandbox " + input.sandboxId() + " can't be paused");
    }
  }

  @Override
  public ReleaseOutcome release(ReleaseInput input) {
    int killed = 0;
    try {
      if (input.sandboxId() != null) {
        takeFenceAway(input.sandboxId());
        killed += client.kill(input.sandboxId()) ? 1 : 0;
      }
      for (SandboxInfo left : leased(input.fleet(), input.leaseId())) {
        killed += client.kill(left.sandboxId()) ? 1 : 0;
      }
    } catch (E2bException e) {
      throw FailureMapper.map(e, "lease " + input.leaseId() + " can't be released");
    }
    return new ReleaseOutcome(killed);
  }

  /** Refuses late starts in the moments before the kill; the kill itself makes it certain. */
  private void takeFenceAway(String sandboxId) {
    try {
      client
          .connect(sandboxId, UNCLAIMED)
          .withUser(SandboxLayout.ROOT)
          .files()
          .write(SandboxLayout.STATE + "/fence", "released".getBytes(StandardCharsets.UTF_8));
    } catch (E2bException e) {
      log.debug("Fence of sandbox {} not taken away: {}", sandboxId, e.getMessage());
    }
  }
}
