package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;

/**
 * What {@code add} changed.
 *
 * @param added more targets
 * @param total of the batch's now
 */
@Payload
public record TargetsAdded(int added, int total) {}
