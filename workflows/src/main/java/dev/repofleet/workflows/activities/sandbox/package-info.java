/** The life of a sandbox: leased, prepared, paused, woken, released. */
@NullMarked
package dev.repofleet.workflows.activities.sandbox;

import org.jspecify.annotations.NullMarked;
