/**
 * How a pool behaves: {@link dev.repofleet.workflows.pool.settings.PoolSettings}, and how a person
 * changes it. The pool, its activities and the starter's {@code pool} may use it.
 */
@NullMarked
package dev.repofleet.workflows.pool.settings;

import org.jspecify.annotations.NullMarked;
