package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.order.ManifestRef;
import java.util.Objects;

/**
 * More targets for a batch.
 *
 * @param manifest of them, with indices from 0
 * @param expectedTotal targets that the batch had when they were compared with them; a batch that
 *     has grown since refuses, since one of them may be there now
 */
@Payload
public record TargetsToAdd(ManifestRef manifest, int expectedTotal) {
  public TargetsToAdd {
    Objects.requireNonNull(manifest, "manifest");
  }
}
