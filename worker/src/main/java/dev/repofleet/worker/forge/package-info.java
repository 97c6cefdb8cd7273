/**
 * The login at forges and how they are asked: {@link dev.repofleet.worker.forge.GitHubLogin} gives
 * tokens for repositories of GitHub, {@link dev.repofleet.worker.forge.GitHubCalls} asks its API,
 * and {@link dev.repofleet.worker.forge.ForgeException} says what went wrong. Used by the worker's
 * Git steps, by {@code publish}, by what puts the worker together and names its failures, and by
 * the starter, which lists repositories.
 */
@NullMarked
package dev.repofleet.worker.forge;

import org.jspecify.annotations.NullMarked;
