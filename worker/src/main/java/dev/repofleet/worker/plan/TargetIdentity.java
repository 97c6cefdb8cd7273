package dev.repofleet.worker.plan;

import dev.repofleet.artifacts.CanonicalTarget;
import dev.repofleet.workflows.order.Target;

/** Which repository a target is, however it was written. */
public final class TargetIdentity {
  private TargetIdentity() {}

  /** In its one spelling. A fork may have the same commits, but its findings are its own. */
  public static String repository(Target target) {
    String known = target.repository();
    String url = target.url();
    if (known != null) {
      return known;
    }
    return url == null ? target.name() : CanonicalTarget.ofUrl(url).canonical();
  }
}
