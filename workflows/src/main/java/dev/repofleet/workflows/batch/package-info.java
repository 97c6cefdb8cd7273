/**
 * One workflow over many repositories: {@link dev.repofleet.workflows.batch.ReviewBatchWorkflow}
 * keeps a window of children busy and continues as new when its history grows. The starter starts
 * and asks it; the worker registers it and answers for its children.
 */
@NullMarked
package dev.repofleet.workflows.batch;

import org.jspecify.annotations.NullMarked;
