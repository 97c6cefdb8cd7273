package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/**
 * A target whose review was started and has not ended.
 *
 * @param index in the manifest, from 0
 * @param key names its workflow and its folder in the artifact store
 */
@Payload
public record RunningRepository(int index, String key) {
  public RunningRepository {
    Objects.requireNonNull(key, "key");
  }
}
