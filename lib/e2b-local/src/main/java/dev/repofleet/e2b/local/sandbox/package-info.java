/**
 * Sandboxes: how they are made, where they stand, what runs in them. Start at {@link
 * dev.repofleet.e2b.local.sandbox.SandboxRegistry}, which with {@code SandboxPower} changes their
 * states.
 */
@NullMarked
package dev.repofleet.e2b.local.sandbox;

import org.jspecify.annotations.NullMarked;
