package dev.repofleet.workflows.activities.sandbox;

import dev.repofleet.workflows.Payload;

/**
 * What a release found.
 *
 * @param killed how many sandboxes it ended; 0 when they were gone already
 */
@Payload
public record ReleaseOutcome(int killed) {}
