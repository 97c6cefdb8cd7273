/**
 * Saves a turn's work while it goes on ({@link dev.repofleet.worker.checkpoint.TurnCheckpoints}),
 * and brings it back in another sandbox ({@link
 * dev.repofleet.worker.checkpoint.CheckpointRestore}).
 */
@NullMarked
package dev.repofleet.worker.checkpoint;

import org.jspecify.annotations.NullMarked;
