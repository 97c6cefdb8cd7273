package dev.repofleet.workflows.activities.git;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** The steps that speak Git: on the worker only to ask for a commit, else inside the sandbox. */
@ActivityInterface
public interface GitActivities {

  /**
   * Pins the commit, and looks whether there is a result already that the same review would come
   * to. Fails for good with {@code git_auth}, {@code git_not_found} or {@code repository_empty};
   * {@code git_transient} and {@code git_rate_limited} are retried.
   */
  ResolveOutcome resolve(ResolveInput input);

  /**
   * Puts the pinned commit's tree into the sandbox and looks at what is there. A second attempt
   * starts from an empty folder. Fails for good with {@code repository_too_large}, and as {@link
   * #resolve} does.
   */
  @ActivityMethod(name = "Clone")
  CloneOutcome cloneRepository(CloneInput input);

  /**
   * Takes what changed against the pinned commit, without letting the agent's Git configuration
   * run. May be repeated.
   */
  DiffOutcome diff(DiffInput input);
}
