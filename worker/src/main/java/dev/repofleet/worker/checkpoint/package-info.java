/**
 * Saves a turn's work while it goes on ({@link dev.repofleet.worker.checkpoint.TurnCheckpoints}),
 * and brings it back in another sandbox ({@link
 * dev.repofleet.worker.checkpoint.CheckpointRestore}). {@code agent} saves by it, {@code sandbox}
 * restores, {@code report} removes what is superfluous.
 */
@NullMarked
package dev.repofleet.worker.checkpoint;

import org.jspecify.annotations.NullMarked;
