/**
 * An E2B-compatible server for one machine: real processes in bubblewrap sandboxes, on loopback.
 *
 * <p>Entry class: {@link dev.repofleet.e2b.local.LocalSandboxServer}. Only the starter's embedded
 * stack and tests may depend on it; it is never part of a worker. It speaks the wire contract of
 * envd and of E2B's control plane on its own, without the client of {@code lib/e2b}, so that each
 * side checks the other.
 */
@NullMarked
package dev.repofleet.e2b.local;

import org.jspecify.annotations.NullMarked;
