package dev.repofleet.workflows.activities.sandbox;

import io.temporal.activity.ActivityInterface;

/** A sandbox's life: leased, prepared, paused, released. */
@ActivityInterface
public interface SandboxActivities {

  /**
   * Takes the warm sandbox of a lease or creates one, or finds the one an earlier attempt created
   * without hearing the answer. Waits for its slot. When E2B refuses to create or wake one for now
   * it ends at once with {@code sandbox_quota} or {@code sandbox_create_rate}, whose details are
   * the seconds that E2B asked for (absent: it asked for none): no sandbox takes a place then.
   */
  LeaseOutcome lease(LeaseInput input);

  /**
   * Puts run script, fence, base and agent in place, and brings the latest complete checkpoint of
   * the review back if there is one. May be repeated.
   */
  PrepareOutcome prepare(PrepareInput input);

  /**
   * Pauses the sandbox: it keeps its memory and costs no place. Any later contact wakes it. One
   * that is gone, or paused already, is no failure. The pool is told of one that is paused, and of
   * nothing when it is gone.
   */
  PauseOutcome pause(PauseInput input);

  /**
   * Wakes a paused sandbox, which takes a place of the account again. Ends as {@link #lease} does
   * when E2B refuses, and with {@code sandbox_lost} when it is gone.
   */
  LeaseOutcome wake(WakeInput input);

  /**
   * Ends a lease: the fence goes first, then every sandbox that carries the lease. Succeeds when
   * there is none left, also when there never was one. Then the pool is told. A sandbox that is
   * kept is cleaned in place of being deleted, or deleted where that fails.
   */
  ReleaseOutcome release(ReleaseInput input);
}
