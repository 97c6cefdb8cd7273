package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import org.jspecify.annotations.Nullable;

/**
 * Input of {@link SandboxPoolWorkflow}.
 *
 * @param schemaVersion 1
 * @param fleet whose sandboxes it counts
 * @param settings to begin with; absent: those of the run before this one, as far as the server
 *     still knows it, else {@link PoolSettings#DEFAULT}
 * @param carry what an earlier run took along; absent at the start
 */
@Payload
public record PoolInput(
    int schemaVersion, String fleet, @Nullable PoolSettings settings, @Nullable PoolCarry carry) {
  public PoolInput {
    new Fleet(fleet);
    if (schemaVersion != 1) {
      throw new IllegalArgumentException(
          "the pool of fleet " + fleet + " has schema version " + schemaVersion + ", not 1");
    }
  }

  /** Of a pool that nobody has told anything. */
  public static PoolInput of(Fleet fleet) {
    return new PoolInput(1, fleet.name(), null, null);
  }
}
