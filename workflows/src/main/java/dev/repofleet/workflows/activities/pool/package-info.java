/**
 * What passes between reviews and their pool, and what is done at E2B in the pool's name. Start at
 * {@link dev.repofleet.workflows.activities.pool.PoolActivities}.
 */
@NullMarked
package dev.repofleet.workflows.activities.pool;

import org.jspecify.annotations.NullMarked;
