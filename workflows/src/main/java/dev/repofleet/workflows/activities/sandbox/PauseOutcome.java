package dev.repofleet.workflows.activities.sandbox;

import dev.repofleet.workflows.Payload;

/**
 * What a pause found.
 *
 * @param paused whether the sandbox is paused now; false when it is gone
 */
@Payload
public record PauseOutcome(boolean paused) {}
