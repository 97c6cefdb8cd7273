/**
 * What becomes of a store's content with time. {@link
 * dev.repofleet.worker.retention.HousekeepingThread} is started by each worker; a round of it is
 * {@link dev.repofleet.worker.retention.Housekeeping}. Nothing else of the worker uses it.
 */
@NullMarked
package dev.repofleet.worker.retention;

import org.jspecify.annotations.NullMarked;
