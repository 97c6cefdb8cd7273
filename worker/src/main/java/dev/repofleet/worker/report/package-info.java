/**
 * What people and scripts read afterwards, and what a batch asks of the world. {@link
 * dev.repofleet.worker.report.ReportActivitiesImpl} writes, {@link
 * dev.repofleet.worker.report.BatchActivitiesImpl} reads. Only the worker's assembly uses it.
 */
@NullMarked
package dev.repofleet.worker.report;

import org.jspecify.annotations.NullMarked;
