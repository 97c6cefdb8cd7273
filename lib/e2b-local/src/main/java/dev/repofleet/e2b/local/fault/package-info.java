/**
 * The fault switches: which requests they strike, and what they do to them. Start at {@link
 * dev.repofleet.e2b.local.fault.Faults}.
 */
@NullMarked
package dev.repofleet.e2b.local.fault;

import org.jspecify.annotations.NullMarked;
