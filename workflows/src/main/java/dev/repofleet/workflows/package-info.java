/**
 * What happens to a batch and to each of its repositories: the contracts of workflows and
 * activities, and the names that histories are full of.
 *
 * <p>Start at {@link dev.repofleet.workflows.batch.ReviewBatchWorkflow} for many repositories and
 * at {@link dev.repofleet.workflows.review.RepositoryReviewWorkflow} for one. The worker implements
 * {@link dev.repofleet.workflows.activities}; the starter starts and asks workflows. This module
 * sees the Temporal SDK and nothing else, and its workflow code uses no clock, randomness, thread
 * or I/O of its own.
 */
@NullMarked
package dev.repofleet.workflows;

import org.jspecify.annotations.NullMarked;
