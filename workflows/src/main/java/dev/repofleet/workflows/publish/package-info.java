/**
 * What a batch found and changed, written to the forge: {@link
 * dev.repofleet.workflows.publish.PublishBatchWorkflow}, one for a batch, apart from the reviews.
 * Only the starter's {@code publish} starts it.
 */
@NullMarked
package dev.repofleet.workflows.publish;

import org.jspecify.annotations.NullMarked;
