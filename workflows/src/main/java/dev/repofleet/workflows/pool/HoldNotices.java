package dev.repofleet.workflows.pool;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which batches know that the pool is held. Not thread-safe. */
final class HoldNotices {
  private final Set<String> told;

  HoldNotices(List<String> told) {
    this.told = new TreeSet<>(told);
  }

  /**
   * Those to be told.
   *
   * @param held whether the pool is
   * @param concerned batches that wait or have leases
   */
  List<String> toTell(boolean held, Set<String> concerned) {
    if (!held) {
      return List.copyOf(told);
    }
    Set<String> batches = new TreeSet<>(concerned);
    batches.removeAll(told);
    return List.copyOf(batches);
  }

  /** They know now. */
  void told(List<String> batches, boolean held) {
    if (held) {
      told.addAll(batches);
    } else {
      batches.forEach(told::remove);
    }
  }

  List<String> toCarry() {
    return List.copyOf(told);
  }
}
