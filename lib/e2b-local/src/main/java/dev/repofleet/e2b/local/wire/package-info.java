/** Answers, refusals and JSON in the words of E2B's API and of Connect. */
@NullMarked
package dev.repofleet.e2b.local.wire;

import org.jspecify.annotations.NullMarked;
