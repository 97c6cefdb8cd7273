/**
 * How a pool behaves: {@link dev.repofleet.workflows.pool.settings.PoolSettings}, and how a person
 * changes it.
 */
@NullMarked
package dev.repofleet.workflows.pool.settings;

import org.jspecify.annotations.NullMarked;
