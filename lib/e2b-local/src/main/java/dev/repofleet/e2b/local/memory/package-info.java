/** Machines that exist in memory only, behind envd's door. */
@NullMarked
package dev.repofleet.e2b.local.memory;

import org.jspecify.annotations.NullMarked;
