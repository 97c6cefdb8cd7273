/**
 * What reviews and the pool say to each other of a sandbox: a {@link
 * dev.repofleet.workflows.lease.LeaseRequest}, the {@link
 * dev.repofleet.workflows.lease.PermitReply} to it, and how it {@link
 * dev.repofleet.workflows.lease.LeaseEnded ended}. Activities carry it from one to the other.
 * Workflows and activities of both sides may use it.
 */
@NullMarked
package dev.repofleet.workflows.lease;

import org.jspecify.annotations.NullMarked;
