/**
 * Recurring batches as people make and see them. Entry class: {@link
 * dev.repofleet.starter.schedule.ScheduleCommand}; {@link
 * dev.repofleet.starter.schedule.FleetSchedules} asks the server, {@link
 * dev.repofleet.starter.schedule.ScheduleRecords} the artifact store. Used by the command tree, and
 * by {@code doctor} for the keys of schedules.
 */
@NullMarked
package dev.repofleet.starter.schedule;

import org.jspecify.annotations.NullMarked;
