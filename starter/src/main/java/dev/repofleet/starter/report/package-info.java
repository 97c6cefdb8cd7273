/**
 * A batch as files for people and programs: {@code report.html}, {@code report.md}, {@code
 * findings.csv} and {@code findings.jsonl}, {@code root-causes.json}. {@link
 * dev.repofleet.starter.report.BatchReports} writes them; {@link
 * dev.repofleet.starter.report.ReportSource} is where they take it from. Text of repositories and
 * agents is hostile here: it is shown as text, whatever it says. Knows neither Temporal nor the
 * artifact store. {@code out} writes reports by it; {@code compare} and {@code triage} borrow its
 * page and its words.
 */
@NullMarked
package dev.repofleet.starter.report;

import org.jspecify.annotations.NullMarked;
