/** Stand-ins for the world that workflows act upon. They keep state and have faults. */
@NullMarked
package dev.repofleet.workflows.testing;

import org.jspecify.annotations.NullMarked;
