package dev.repofleet.workflows.activities.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.order.ManifestRef;
import java.util.Objects;

/** Where the targets are now, under the batch's own name. */
@Payload
public record AdmitOutcome(ManifestRef manifest) {
  public AdmitOutcome {
    Objects.requireNonNull(manifest, "manifest");
  }
}
