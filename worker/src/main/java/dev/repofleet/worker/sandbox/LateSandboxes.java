package dev.repofleet.worker.sandbox;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxNotFoundException;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxState;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityNotExistsException;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sandboxes of an attempt that Temporal had given up before it created them, as when its worker
 * stood still: another attempt has the lease, or has even released it, and nobody would delete
 * them. Thread-safe.
 */
final class LateSandboxes {
  private static final Logger log = LoggerFactory.getLogger(LateSandboxes.class);

  /** Seconds are rounded, and a run may begin a moment after it was asked for. */
  private static final Duration ROUNDED = Duration.ofSeconds(5);

  private final E2bClient client;
  private final Duration unclaimed;
  private final Duration showsUpAfter;

  /**
   * Deletes through the client.
   *
   * @param unclaimed the lifetime that a sandbox is created with, before anybody connects
   * @param showsUpAfter until a sandbox that was created is in every list
   */
  LateSandboxes(E2bClient client, Duration unclaimed, Duration showsUpAfter) {
    this.client = client;
    this.unclaimed = unclaimed;
    this.showsUpAfter = showsUpAfter;
  }

  /**
   * Whether Temporal has given this attempt up. False also when the server does not say: then the
   * attempt goes on as if nothing had been.
   */
  static boolean givenUp(ActivityExecutionContext context) {
    try {
      context.heartbeat(null);
      return false;
    } catch (ActivityNotExistsException e) {
      return true;
    } catch (ActivityCompletionException cancelledOrEnding) {
      return false;
    }
  }

  /** Deletes one, unless an attempt that came after has found and taken it. */
  void delete(String sandboxId) {
    try {
      deleteUnclaimed(client.get(sandboxId));
    } catch (SandboxNotFoundException e) {
      log.debug("{} is gone already", sandboxId);
    }
  }

  /** Deletes those with these labels whose creation nobody learned of. Blocks for seconds. */
  void deleteAll(Map<String, String> labels) throws InterruptedException {
    Thread.sleep(showsUpAfter.toMillis());
    SandboxQuery late = SandboxQuery.builder().metadata(labels).state(SandboxState.RUNNING).build();
    client.list(late).forEach(this::deleteUnclaimed);
  }

  private void deleteUnclaimed(SandboxInfo sandbox) {
    Duration lifetime = Duration.between(sandbox.startedAt(), sandbox.endAt());
    if (lifetime.compareTo(unclaimed.plus(ROUNDED)) > 0) {
      log.info("{} came late and was taken by another attempt", sandbox.sandboxId());
      return;
    }
    log.warn("Deleting {}: it came after its attempt had been given up", sandbox.sandboxId());
    client.kill(sandbox.sandboxId());
  }
}
