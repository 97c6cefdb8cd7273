package dev.repofleet.worker.plan;

import dev.repofleet.artifacts.CanonicalTarget;
import dev.repofleet.artifacts.TargetKey;
import dev.repofleet.workflows.order.Target;

/** Which repository a target is, however it was written. */
public final class TargetIdentity {
  private TargetIdentity() {}

  /**
   * In its one spelling, which no letter case of a caseless host changes. A fork may have the same
   * commits, but its findings are its own; so may two folders of one name.
   */
  public static String repository(Target target) {
    String url = target.url();
    if (url != null) {
      return CanonicalTarget.ofUrl(url).canonical();
    }
    String known = target.path() == null ? target.repository() : target.path();
    return known == null ? target.name() : known;
  }

  /**
   * Which rows of all batches are reviews of the same: a row with a plan of its own is like no
   * other row of that repository, whatever its plan is called.
   *
   * @param key of the row, see {@link TargetKey}
   */
  public static String ofRow(String key, Target target) {
    return target.url() == null || hasOwnPlan(key, target) ? key : repository(target);
  }

  /** Whether a URL's row was asked for with a plan of its own: its key is another's then. */
  public static boolean hasOwnPlan(String key, Target target) {
    String url = target.url();
    return url != null
        && !key.equals(TargetKey.of(CanonicalTarget.ofUrl(url), target.ref(), target.subpath()));
  }
}
