/** What two batches found differently. */
@NullMarked
package dev.repofleet.starter.compare;

import org.jspecify.annotations.NullMarked;
