package dev.repofleet.workflows.activities.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.order.ManifestRef;
import java.util.Objects;

/**
 * Asks for targets of a manifest.
 *
 * @param manifest to read
 * @param offset of the first, from 0
 * @param limit most of them, 1 to 500
 */
@Payload
public record TargetPageRequest(ManifestRef manifest, int offset, int limit) {

  /** Most targets in one page: a page stays far below the size at which Temporal warns. */
  public static final int MAX_LIMIT = 500;

  public TargetPageRequest {
    Objects.requireNonNull(manifest, "manifest");
    if (offset < 0 || limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException(
          "a page of " + limit + " targets from " + offset + " can't be asked for");
    }
  }
}
