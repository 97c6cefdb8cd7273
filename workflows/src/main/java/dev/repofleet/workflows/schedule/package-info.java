/**
 * Recurring batches: what a Temporal Schedule starts each time, {@link
 * dev.repofleet.workflows.schedule.ScheduledBatchWorkflow}, which runs one ordinary batch. Only a
 * Temporal Schedule that the starter's {@code schedule} made starts it.
 */
@NullMarked
package dev.repofleet.workflows.schedule;

import org.jspecify.annotations.NullMarked;
