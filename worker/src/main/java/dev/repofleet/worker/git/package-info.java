/**
 * The steps that speak Git. {@link dev.repofleet.worker.git.GitActivitiesImpl} is the entry: on the
 * worker it only asks a host for a commit; everything else are shipped scripts in the sandbox.
 * {@link dev.repofleet.worker.git.PatchClone} alone fetches on the worker, for {@code publish}.
 * Other packages of the worker may use its scripts and {@link
 * dev.repofleet.worker.git.TreeChanges}.
 */
@NullMarked
package dev.repofleet.worker.git;

import org.jspecify.annotations.NullMarked;
