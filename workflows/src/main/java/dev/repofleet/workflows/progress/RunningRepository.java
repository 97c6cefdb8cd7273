package dev.repofleet.workflows.progress;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A target whose review was started and has not ended.
 *
 * @param index in the manifest, from 0
 * @param key names its workflow and its folder in the artifact store
 * @param reservedUsd of the batch's budget, or of one that it is given later; absent where it began
 *     without one in the run that tells of it
 * @param generation that runs; absent: 0
 */
@Payload
public record RunningRepository(
    int index, String key, @Nullable Double reservedUsd, Integer generation) {
  public RunningRepository {
    generation = generation == null ? 0 : generation;
    Objects.requireNonNull(key, "key");
  }

  /** In a batch without a budget. */
  public RunningRepository(int index, String key) {
    this(index, key, null, 0);
  }
}
