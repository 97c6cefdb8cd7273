package dev.repofleet.workflows.pool;

import io.temporal.workflow.Workflow;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Says of a change to what pools decide, by its name, whether this run is of after it: a history of
 * before is replayed as it was. Confined to its workflow.
 */
final class PoolChanges implements Predicate<String> {
  private final Map<String, Boolean> known = new TreeMap<>();

  /** Asked once: in the replay of an old history a second question would let others in between. */
  @Override
  public boolean test(String change) {
    Boolean made = known.get(change);
    if (made == null) {
      made = Workflow.getVersion(change, Workflow.DEFAULT_VERSION, 1) >= 1;
      known.put(change, made);
    }
    return made;
  }
}
