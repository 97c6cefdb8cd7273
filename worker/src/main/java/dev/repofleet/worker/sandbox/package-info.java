/**
 * A sandbox's life as the worker sees it: leased, prepared, paused, cleaned, released. Entry class:
 * {@link dev.repofleet.worker.sandbox.SandboxActivitiesImpl}. How a step gets at a sandbox that is
 * there is the package {@code connection}. The worker's assembly, {@code pool}, which makes warm
 * ones, and {@code report}, which deletes those of terminated reviews, use it.
 */
@NullMarked
package dev.repofleet.worker.sandbox;

import org.jspecify.annotations.NullMarked;
