package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;

/**
 * What {@code cancelRepositories} changed.
 *
 * @param stopping were in work and are being stopped
 * @param notStarted were queued and will not be started
 * @param ended had ended before
 */
@Payload
public record RepositoriesCancelled(int stopping, int notStarted, int ended) {}
