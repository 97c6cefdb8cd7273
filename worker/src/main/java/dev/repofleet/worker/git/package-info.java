/**
 * The steps that speak Git. {@link dev.repofleet.worker.git.GitActivitiesImpl} is the entry: on the
 * worker it only asks a host for a commit; everything else are shipped scripts in the sandbox.
 * Other packages of the worker may use its scripts, {@link dev.repofleet.worker.git.TreeChanges}
 * and {@link dev.repofleet.worker.secrets.KnownSecrets}.
 */
@NullMarked
package dev.repofleet.worker.git;

import org.jspecify.annotations.NullMarked;
