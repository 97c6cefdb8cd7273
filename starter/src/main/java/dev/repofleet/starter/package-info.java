/**
 * How a fleet is asked for: the command line, put together.
 *
 * <p>Entry classes: {@link dev.repofleet.starter.RepoFleet} starts the program, {@link
 * dev.repofleet.starter.RepoFleetCommand} is its command tree. The sub-packages hold what verbs
 * stand on ({@code command}), read plans ({@code plan}) and targets ({@code target}), start and
 * watch batches ({@code review}), write for people ({@code render}) and make the reports of a batch
 * ({@code report}). Only {@code embedded} may see the worker and the local sandboxes, and {@code
 * forge} the worker's package of that name. No other package uses what is here.
 */
@NullMarked
package dev.repofleet.starter;

import org.jspecify.annotations.NullMarked;
