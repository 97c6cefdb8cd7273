/**
 * What a batch asks of the world ({@link
 * dev.repofleet.workflows.activities.batch.BatchActivities}), hears of its reviews, holds before
 * them ({@link dev.repofleet.workflows.activities.batch.GateActivities}) and tells people's tools.
 */
@NullMarked
package dev.repofleet.workflows.activities.batch;

import org.jspecify.annotations.NullMarked;
