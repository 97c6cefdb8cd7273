package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Payload;

/**
 * How many of people's own prompts wait for their turn.
 *
 * @param count with the one that was just added
 */
@Payload
public record FollowUpsWaiting(int count) {}
