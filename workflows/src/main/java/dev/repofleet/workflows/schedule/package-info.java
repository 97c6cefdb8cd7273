/**
 * Recurring batches: what a Temporal Schedule starts each time, {@link
 * dev.repofleet.workflows.schedule.ScheduledBatchWorkflow}, which runs one ordinary batch.
 */
@NullMarked
package dev.repofleet.workflows.schedule;

import org.jspecify.annotations.NullMarked;
