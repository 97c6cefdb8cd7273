/** What passes between reviews, their pool and E2B. */
@NullMarked
package dev.repofleet.workflows.activities.pool;

import org.jspecify.annotations.NullMarked;
