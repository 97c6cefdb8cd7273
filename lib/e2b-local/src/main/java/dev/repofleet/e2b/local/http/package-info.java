/**
 * A request on its way: bodies in and out, streams, and how a fault switch spoils them. Start at
 * {@link dev.repofleet.e2b.local.http.Exchange}.
 */
@NullMarked
package dev.repofleet.e2b.local.http;

import org.jspecify.annotations.NullMarked;
