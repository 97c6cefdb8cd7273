package dev.repofleet.worker.pool;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.EndLeasesInput.Left;
import dev.repofleet.workflows.activities.pool.EndLeasesOutcome;
import dev.repofleet.workflows.client.LeaseLabels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is left of leases: by id where one is known, and all that carry the lease's label.
 * Thread-safe.
 *
 * <p>Lists lag behind creations, so a lease is only over when a list some seconds after the deletes
 * shows nothing of it. A lease that can't be ended keeps none of the others.
 */
final class LeaseEndings {
  private static final Logger log = LoggerFactory.getLogger(LeaseEndings.class);

  private final E2bClient client;
  private final Duration showsUp;

  /**
   * Deletes through the client, which stays its owner's to close.
   *
   * @param showsUp until a sandbox that was created is in every list
   */
  LeaseEndings(E2bClient client, Duration showsUp) {
    this.client = client;
    this.showsUp = showsUp;
  }

  /** Blocks for some seconds. Ends nothing more once the attempt's time is over. */
  EndLeasesOutcome end(EndLeasesInput input, AttemptTime time) {
    if (input.leases().isEmpty()) {
      return new EndLeasesOutcome(List.of(), 0);
    }
    Round round = new Round(input, time);
    Optional<List<SandboxInfo>> before = round.list();
    for (Left left : input.leases()) {
      round.end(left, before.orElse(List.of()));
    }
    AttemptTime.sleep(showsUp);
    Optional<List<SandboxInfo>> after = round.list();
    if (after.isEmpty()) {
      return new EndLeasesOutcome(List.of(), round.killed);
    }
    List<String> resolved = new ArrayList<>();
    for (Left left : input.leases()) {
      Set<String> there = round.ids(left, after.get());
      if (there.isEmpty() && !round.failed.contains(left.leaseId())) {
        resolved.add(left.leaseId());
      } else if (!there.isEmpty()) {
        // It came late: the next round finds it gone.
        round.end(left, after.get());
      }
    }
    return new EndLeasesOutcome(resolved, round.killed);
  }

  /** One attempt. */
  private final class Round {
    private final String fleet;
    private final Set<String> spared;
    private final AttemptTime time;
    private final Set<String> failed = new LinkedHashSet<>();
    private int killed;

    Round(EndLeasesInput input, AttemptTime time) {
      this.fleet = input.fleet();
      this.spared = Set.copyOf(input.spared());
      this.time = time;
    }

    /** All of the fleet, both states; empty when E2B does not answer. */
    Optional<List<SandboxInfo>> list() {
      try {
        return Optional.of(
            client.list(SandboxQuery.builder().metadata(Map.of(LeaseLabels.FLEET, fleet)).build()));
      } catch (E2bException e) {
        log.warn("What is left of leases can't be listed: {}", e.getMessage());
        return Optional.empty();
      }
    }

    /** Those listed that are the lease's. */
    Set<String> ids(Left left, List<SandboxInfo> listed) {
      return listed.stream()
          .filter(one -> !spared.contains(one.sandboxId()))
          .filter(
              one ->
                  left.leaseId().equals(one.metadata().get(LeaseLabels.LEASE))
                      || one.sandboxId().equals(left.sandboxId()))
          .map(SandboxInfo::sandboxId)
          .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** What is known by id alone may be missing in a list. */
    void end(Left left, List<SandboxInfo> listed) {
      Set<String> ids = ids(left, listed);
      if (left.sandboxId() != null) {
        ids.add(left.sandboxId());
      }
      for (String id : ids) {
        if (time.isOver()) {
          failed.add(left.leaseId());
          return;
        }
        kill(id, left.leaseId());
      }
    }

    private void kill(String id, String leaseId) {
      try {
        if (client.kill(id)) {
          killed++;
          log.info("Deleted {}, left of lease {}", id, leaseId);
        }
      } catch (E2bException | IllegalArgumentException e) {
        failed.add(leaseId);
        log.warn("{}, left of lease {}, is not deleted: {}", id, leaseId, e.getMessage());
      }
    }
  }
}
