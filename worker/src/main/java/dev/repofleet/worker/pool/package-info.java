/**
 * What a pool has done for it, and what passes between it and reviews. Entry class: {@link
 * dev.repofleet.worker.pool.PoolActivitiesImpl}. Only the worker's assembly uses it.
 */
@NullMarked
package dev.repofleet.worker.pool;

import org.jspecify.annotations.NullMarked;
