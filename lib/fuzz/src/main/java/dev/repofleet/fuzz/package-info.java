/**
 * Hostile input for tests: {@link dev.repofleet.fuzz.Fuzz} gives a reader spoilt samples, the same
 * ones each time. For tests of every module.
 */
@NullMarked
package dev.repofleet.fuzz;

import org.jspecify.annotations.NullMarked;
