package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;

/**
 * What {@code retry} changed.
 *
 * @param requeued are reviewed once more
 * @param unfinished of those that were meant were queued or in work anyway
 */
@Payload
public record RepositoriesRequeued(int requeued, int unfinished) {}
