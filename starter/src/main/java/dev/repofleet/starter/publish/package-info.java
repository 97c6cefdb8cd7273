/**
 * {@code publish}, and {@code status --published}: what a batch came to, at its forges. Workers do
 * it; here it is asked for, watched and told. Only the command tree uses it.
 */
@NullMarked
package dev.repofleet.starter.publish;

import org.jspecify.annotations.NullMarked;
