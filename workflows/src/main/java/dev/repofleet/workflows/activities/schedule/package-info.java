/**
 * What a run of a schedule takes along. Start at {@link
 * dev.repofleet.workflows.activities.schedule.ScheduleActivities}.
 */
@NullMarked
package dev.repofleet.workflows.activities.schedule;

import org.jspecify.annotations.NullMarked;
