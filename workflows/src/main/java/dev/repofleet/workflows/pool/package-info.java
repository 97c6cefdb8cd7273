/**
 * The pool: one durable gate for all sandboxes of a fleet. Start at {@link
 * dev.repofleet.workflows.pool.SandboxPoolWorkflow}; what it decides is in {@link
 * dev.repofleet.workflows.pool.SandboxPool}, which knows neither Temporal nor E2B. Reviews ask it
 * by signals; the starter's {@code pool} by updates and queries.
 */
@NullMarked
package dev.repofleet.workflows.pool;

import org.jspecify.annotations.NullMarked;
