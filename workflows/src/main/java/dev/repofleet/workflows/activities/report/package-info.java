/**
 * What people and scripts read afterwards, and all that is known for it at the end. Start at {@link
 * dev.repofleet.workflows.activities.report.ReportActivities}.
 */
@NullMarked
package dev.repofleet.workflows.activities.report;

import org.jspecify.annotations.NullMarked;
