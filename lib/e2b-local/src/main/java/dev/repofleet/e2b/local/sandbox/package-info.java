/**
 * Sandboxes: how they are made, where they stand, what runs in them. Start at {@link
 * dev.repofleet.e2b.local.sandbox.SandboxRegistry}, where alone a state changes.
 */
@NullMarked
package dev.repofleet.e2b.local.sandbox;

import org.jspecify.annotations.NullMarked;
