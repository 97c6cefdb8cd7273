/**
 * The way to a sandbox that is there, {@link dev.repofleet.worker.connection.SandboxConnections},
 * and where things are in it, {@link dev.repofleet.worker.connection.SandboxLayout}. Every step
 * that works in a sandbox may use it; making and ending sandboxes is the package {@code sandbox}.
 */
@NullMarked
package dev.repofleet.worker.connection;

import org.jspecify.annotations.NullMarked;
