/**
 * Targets that a forge lists: {@link dev.repofleet.starter.forge.ForgeOptions} is how they are
 * asked for. Sees of the worker its package of forges alone. Only {@code review} uses it.
 */
@NullMarked
package dev.repofleet.starter.forge;

import org.jspecify.annotations.NullMarked;
