/**
 * Judges the agent's answer. {@link dev.repofleet.worker.review.ReviewActivitiesImpl} is the entry;
 * the report reads its {@link dev.repofleet.worker.review.ReviewDocument}. {@code agent} asks for
 * verdicts by the same scope.
 */
@NullMarked
package dev.repofleet.worker.review;

import org.jspecify.annotations.NullMarked;
