/**
 * Machines of memory, which the package {@code simulated} has, behind envd's door. Start at {@link
 * dev.repofleet.e2b.local.memory.SimulatedMachines}.
 */
@NullMarked
package dev.repofleet.e2b.local.memory;

import org.jspecify.annotations.NullMarked;
