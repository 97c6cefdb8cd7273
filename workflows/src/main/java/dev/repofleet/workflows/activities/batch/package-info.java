/** A batch's targets and reviews, its word to them and to people. */
@NullMarked
package dev.repofleet.workflows.activities.batch;

import org.jspecify.annotations.NullMarked;
