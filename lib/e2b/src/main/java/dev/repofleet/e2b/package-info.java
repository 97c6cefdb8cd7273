/**
 * A client for E2B sandboxes: create and find them, run commands, terminals and Git in them, move
 * and watch files, build templates.
 *
 * <p>Start at {@link dev.repofleet.e2b.E2bClient}; it hands out {@link dev.repofleet.e2b.Sandbox}
 * handles. Every failure is an {@link dev.repofleet.e2b.E2bException}. The client repeats no
 * request by itself: whoever calls knows whether a repetition is safe.
 *
 * <p>Anyone may depend on this package. It knows nothing of workflows or reviews.
 */
@NullMarked
package dev.repofleet.e2b;

import org.jspecify.annotations.NullMarked;
