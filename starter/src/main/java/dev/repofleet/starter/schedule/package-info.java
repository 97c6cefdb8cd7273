/**
 * Recurring batches as people make and see them. Entry class: {@link
 * dev.repofleet.starter.schedule.ScheduleCommand}; {@link
 * dev.repofleet.starter.schedule.FleetSchedules} asks the server, {@link
 * dev.repofleet.starter.schedule.ScheduleRecords} the artifact store. Only the command tree uses
 * it.
 */
@NullMarked
package dev.repofleet.starter.schedule;

import org.jspecify.annotations.NullMarked;
