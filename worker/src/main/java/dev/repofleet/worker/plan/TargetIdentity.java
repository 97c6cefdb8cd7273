package dev.repofleet.worker.plan;

import dev.repofleet.artifacts.target.CanonicalTarget;
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
}
