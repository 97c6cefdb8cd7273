package dev.repofleet.workflows.activities;

import io.temporal.activity.ActivityInterface;

/** A sandbox's life: leased, prepared, released. */
@ActivityInterface
public interface SandboxActivities {

  /**
   * Creates the sandbox of a lease, or finds the one an earlier attempt created without hearing the
   * answer. Waits for the account's quota without end ({@code sandbox_quota}).
   */
  LeaseOutcome lease(LeaseInput input);

  /** Puts run script, fence, base and agent in place. May be repeated. */
  PrepareOutcome prepare(PrepareInput input);

  /**
   * Ends a lease: the fence goes first, then every sandbox that carries the lease. Succeeds when
   * there is none left, also when there never was one.
   */
  ReleaseOutcome release(ReleaseInput input);
}
