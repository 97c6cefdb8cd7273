/**
 * What a worker says of itself before a batch relies on it. Start at {@link
 * dev.repofleet.workflows.activities.worker.WorkerActivities}.
 */
@NullMarked
package dev.repofleet.workflows.activities.worker;

import org.jspecify.annotations.NullMarked;
