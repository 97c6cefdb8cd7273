package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;

/**
 * What {@code pause} changed.
 *
 * @param working go on to the end of their turn in work, and no further
 * @param queued are not started
 */
@Payload
public record BatchPaused(int working, int queued) {}
