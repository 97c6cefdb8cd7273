/**
 * How a fleet is asked for: the command line, put together.
 *
 * <p>Entry classes: {@link dev.repofleet.starter.RepoFleet} starts the program, {@link
 * dev.repofleet.starter.RepoFleetCommand} is its command tree. Each verb, or a few that belong
 * together, has a package: {@code review}, {@code control}, {@code followup} and so on; below them
 * are {@code batch}, {@code server}, {@code plan}, {@code target} and {@code report}, and below all
 * {@code command} and {@code render}. Only {@code embedded} may see the worker and the local
 * sandboxes, and {@code forge} the worker's package of that name. No other package uses what is
 * here.
 */
@NullMarked
package dev.repofleet.starter;

import org.jspecify.annotations.NullMarked;
