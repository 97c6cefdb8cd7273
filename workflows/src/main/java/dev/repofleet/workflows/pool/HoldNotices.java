package dev.repofleet.workflows.pool;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which batches know that the pool is held. Not thread-safe. */
final class HoldNotices {
  private final Set<String> told;

  /** Those that know that it is not; a pool before this one may have told them otherwise. */
  private final Set<String> greeted = new TreeSet<>();

  private boolean doubts;

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
    Set<String> batches = new TreeSet<>(concerned);
    if (held) {
      batches.removeAll(told);
    } else {
      batches.removeIf(batch -> !doubts || greeted.contains(batch));
      batches.addAll(told);
    }
    return List.copyOf(batches);
  }

  /** There was another pool before: nobody knows what it has told. */
  void doubt() {
    doubts = true;
  }

  /** What was told of late may not be noted: all are to be told anew. */
  void greetAll() {
    doubts = true;
    greeted.clear();
  }

  /** They know now. */
  void told(List<String> batches, boolean held) {
    if (held) {
      told.addAll(batches);
    } else {
      batches.forEach(told::remove);
      greeted.addAll(batches);
    }
  }

  List<String> toCarry() {
    return List.copyOf(told);
  }
}
