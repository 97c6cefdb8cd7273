/**
 * Nothing twice: {@link dev.repofleet.worker.cache.UnchangedCheck} looks for a result that the same
 * review has come to before, {@link dev.repofleet.worker.cache.EarlierResults} keeps them. {@code
 * git} asks before a sandbox is paid for, {@code report} keeps.
 */
@NullMarked
package dev.repofleet.worker.cache;

import org.jspecify.annotations.NullMarked;
