/** What a sandbox is made of, whether of this host's processes or of memory. */
@NullMarked
package dev.repofleet.e2b.local.machine;

import org.jspecify.annotations.NullMarked;
