/** What a run of a schedule takes along. */
@NullMarked
package dev.repofleet.workflows.activities.schedule;

import org.jspecify.annotations.NullMarked;
