/** The fault switches: which requests they strike, and with what. */
@NullMarked
package dev.repofleet.e2b.local.fault;

import org.jspecify.annotations.NullMarked;
