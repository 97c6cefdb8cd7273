/** What a worker says of itself. */
@NullMarked
package dev.repofleet.workflows.activities.worker;

import org.jspecify.annotations.NullMarked;
