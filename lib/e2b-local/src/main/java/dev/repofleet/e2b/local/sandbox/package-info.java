/** Sandboxes: how they are made, where they stand, what runs in them. */
@NullMarked
package dev.repofleet.e2b.local.sandbox;

import org.jspecify.annotations.NullMarked;
