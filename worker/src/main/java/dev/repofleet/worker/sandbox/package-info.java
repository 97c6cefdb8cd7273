/**
 * A sandbox's life as the worker sees it: leased, connected to, prepared, paused, cleaned,
 * released. Entry class: {@link dev.repofleet.worker.sandbox.SandboxActivitiesImpl}. {@link
 * dev.repofleet.worker.connection.SandboxLayout} says where things lie in every sandbox, {@link
 * dev.repofleet.worker.connection.SandboxConnections} gives the handle of one by its id. All
 * packages of the worker that act in sandboxes use it.
 */
@NullMarked
package dev.repofleet.worker.sandbox;

import org.jspecify.annotations.NullMarked;
