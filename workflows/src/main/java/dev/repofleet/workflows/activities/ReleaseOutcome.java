package dev.repofleet.workflows.activities;

/**
 * What a release found.
 *
 * @param killed how many sandboxes it ended; 0 when they were gone already
 */
public record ReleaseOutcome(int killed) {}
