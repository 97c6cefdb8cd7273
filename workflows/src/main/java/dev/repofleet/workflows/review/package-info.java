/**
 * One repository from resolve to release: {@link
 * dev.repofleet.workflows.review.RepositoryReviewWorkflow}, and the records its history is made of.
 * Batches start it as their child, follow-ups by itself; the starter asks it.
 */
@NullMarked
package dev.repofleet.workflows.review;

import org.jspecify.annotations.NullMarked;
