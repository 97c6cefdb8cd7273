/**
 * What the agent's answer is worth: judged ({@link
 * dev.repofleet.workflows.activities.review.ReviewActivities}), with the verdicts of a second look
 * at it, and the plan's own command run on its work ({@link
 * dev.repofleet.workflows.activities.review.VerifyActivities}).
 */
@NullMarked
package dev.repofleet.workflows.activities.review;

import org.jspecify.annotations.NullMarked;
