/**
 * What people and scripts read afterwards, and what a batch asks of the world. {@link
 * dev.repofleet.worker.report.ReportActivitiesImpl} writes, {@link
 * dev.repofleet.worker.report.BatchActivitiesImpl} reads.
 */
@NullMarked
package dev.repofleet.worker.report;

import org.jspecify.annotations.NullMarked;
