package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/**
 * What {@code set} changed.
 *
 * @param before as it was
 * @param now as it is
 * @param spentUsd by what has ended
 * @param reservedUsd for what is in work
 * @param working how many are in work
 */
@Payload
public record BatchSet(
    BatchSettings before, BatchSettings now, double spentUsd, double reservedUsd, int working) {
  public BatchSet {
    Objects.requireNonNull(before, "before");
    Objects.requireNonNull(now, "now");
  }
}
