/**
 * The life of a sandbox in steps: leased, prepared, paused, woken, released. Start at {@link
 * dev.repofleet.workflows.activities.sandbox.SandboxActivities}; the inputs of other steps say by
 * {@link dev.repofleet.workflows.activities.sandbox.InSandbox} which sandbox they are about.
 */
@NullMarked
package dev.repofleet.workflows.activities.sandbox;

import org.jspecify.annotations.NullMarked;
