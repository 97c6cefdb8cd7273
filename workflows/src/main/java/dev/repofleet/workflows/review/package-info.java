/**
 * One repository from resolve to release: {@link
 * dev.repofleet.workflows.review.RepositoryReviewWorkflow}, and the records its history is made of.
 */
@NullMarked
package dev.repofleet.workflows.review;

import org.jspecify.annotations.NullMarked;
