/**
 * The plan's own command, run on what an agent changed: {@link
 * dev.repofleet.worker.verify.VerifyActivitiesImpl}. What it comes to is told with the result. Used
 * by the worker itself and by the reports.
 */
@NullMarked
package dev.repofleet.worker.verify;

import org.jspecify.annotations.NullMarked;
