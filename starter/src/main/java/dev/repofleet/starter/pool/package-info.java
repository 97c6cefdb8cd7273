/**
 * The fleet's pool as people see and set it. Entry class: {@link
 * dev.repofleet.starter.pool.PoolCommand}; {@link dev.repofleet.starter.pool.FleetPool} asks the
 * server, and {@link dev.repofleet.starter.pool.PoolWords} has the names of settings. The command
 * tree uses it; {@code sandboxes} asks it whether sandboxes are used again.
 */
@NullMarked
package dev.repofleet.starter.pool;

import org.jspecify.annotations.NullMarked;
