/**
 * The way to a sandbox that is there, {@link dev.repofleet.worker.connection.SandboxConnections},
 * where things are in it, {@link dev.repofleet.worker.connection.SandboxLayout}, and how several
 * attempts may write them at once, {@link dev.repofleet.worker.connection.WholeFiles}. Every step
 * that works in a sandbox may use it; making and ending sandboxes is the package {@code sandbox}.
 */
@NullMarked
package dev.repofleet.worker.connection;

import org.jspecify.annotations.NullMarked;
