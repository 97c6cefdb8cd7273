/**
 * Nothing twice: {@link dev.repofleet.worker.cache.UnchangedCheck} looks for a result that the same
 * review has come to before, {@link dev.repofleet.worker.cache.EarlierResults} keeps them.
 */
@NullMarked
package dev.repofleet.worker.cache;

import org.jspecify.annotations.NullMarked;
