package dev.repofleet.workflows.progress;

import dev.repofleet.workflows.Payload;

/**
 * Whether one repository waits for a person.
 *
 * @param index in the manifest
 * @param parked true while it waits
 */
@Payload
public record RepositoryParked(int index, boolean parked) {}
