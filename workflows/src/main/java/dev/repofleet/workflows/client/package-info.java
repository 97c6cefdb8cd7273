/**
 * The way to a Temporal server, for starter and worker alike. Start at {@link
 * dev.repofleet.workflows.client.TemporalConnection}; {@link
 * dev.repofleet.workflows.client.ReviewRuns} and {@link
 * dev.repofleet.workflows.client.BatchWorkflows} say how runs stand. No workflow code uses it,
 * since it does I/O; ArchUnit holds that.
 */
@NullMarked
package dev.repofleet.workflows.client;

import org.jspecify.annotations.NullMarked;
