package dev.repofleet.workflows.activities;

import io.temporal.activity.ActivityInterface;

/** A sandbox's life: leased, prepared, paused, released. */
@ActivityInterface
public interface SandboxActivities {

  /**
   * Creates the sandbox of a lease, or finds the one an earlier attempt created without hearing the
   * answer.
   *
   * <p>Fails for good with the type {@code sandbox_quota} or {@code sandbox_create_rate} when E2B
   * refuses; the failure's detail is the delay it asked for in seconds, or null.
   */
  LeaseOutcome lease(LeaseInput input);

  /**
   * Puts run script, fence, base and agent in place, and brings the latest complete checkpoint of
   * the review back if there is one. May be repeated.
   */
  PrepareOutcome prepare(PrepareInput input);

  /**
   * Pauses the sandbox: it keeps its memory and costs no place. Any later contact wakes it. One
   * that is gone, or paused already, is no failure.
   */
  PauseOutcome pause(PauseInput input);

  /**
   * Ends a lease: the fence goes first, then every sandbox that carries the lease. Succeeds when
   * there is none left, also when there never was one.
   */
  ReleaseOutcome release(ReleaseInput input);
}
