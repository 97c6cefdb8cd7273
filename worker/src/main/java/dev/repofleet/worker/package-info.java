/**
 * How it is done: one process that works for a fleet. Entry class: {@link
 * dev.repofleet.worker.FleetWorker}, which puts the activities of the packages below together with
 * the workflows and polls for both.
 *
 * <p>Of the starter only its packages {@code embedded}, which runs a worker, and {@code forge},
 * which sees {@code worker.forge} alone, may depend on this module; ArchUnit holds that.
 */
@NullMarked
package dev.repofleet.worker;

import org.jspecify.annotations.NullMarked;
