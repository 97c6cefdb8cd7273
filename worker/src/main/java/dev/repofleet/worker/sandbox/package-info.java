/** A sandbox's life as the worker sees it: leased, connected to, prepared, released. */
@NullMarked
package dev.repofleet.worker.sandbox;

import org.jspecify.annotations.NullMarked;
