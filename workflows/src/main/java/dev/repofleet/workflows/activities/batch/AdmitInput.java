package dev.repofleet.workflows.activities.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.order.ManifestRef;
import java.util.Objects;

/**
 * Targets that are to become part of a batch.
 *
 * @param batch that gets them
 * @param manifest of them, anywhere in the store
 * @param first index that the first of them gets
 */
@Payload
public record AdmitInput(String batch, ManifestRef manifest, int first) {
  public AdmitInput {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(manifest, "manifest");
  }
}
