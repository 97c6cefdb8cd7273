package dev.repofleet.workflows.progress;

import dev.repofleet.workflows.Payload;

/**
 * How often people asked for a target again.
 *
 * @param index of the target
 * @param generation 1 or more
 */
@Payload
public record RepositoryGeneration(int index, int generation) {}
