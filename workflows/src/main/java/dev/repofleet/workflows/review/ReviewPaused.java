package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Payload;

/**
 * Whether a person has paused the batch.
 *
 * @param paused true while it is
 * @param turn milliseconds since the epoch; rises with each change: of two that are heard in the
 *     wrong order the higher counts
 */
@Payload
public record ReviewPaused(boolean paused, long turn) {}
