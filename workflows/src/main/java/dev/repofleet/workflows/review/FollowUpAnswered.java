package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Payload;

/**
 * What a person's answer was for.
 *
 * @param followUp of the plan, from 0
 */
@Payload
public record FollowUpAnswered(int followUp) {}
