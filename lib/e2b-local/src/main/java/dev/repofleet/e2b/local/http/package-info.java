/** A request on its way: bodies in and out, streams, and how a fault switch spoils them. */
@NullMarked
package dev.repofleet.e2b.local.http;

import org.jspecify.annotations.NullMarked;
