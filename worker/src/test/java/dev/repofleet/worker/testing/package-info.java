/** What tests of several packages share. */
@NullMarked
package dev.repofleet.worker.testing;

import org.jspecify.annotations.NullMarked;
